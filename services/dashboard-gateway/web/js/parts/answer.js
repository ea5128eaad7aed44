/* What became of what was sent: under way, the hub's answer word for word, or why it was not sent. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { shortSpan } from '../format.js';
import { t, word } from '../i18n.js';
import { problemText } from './notice.js';
import { shape } from './shape.js';

function refused({ refused: { reason_code: code, rule, reason, remedy } }) {
	return html`<div class="answer bad" role="alert">
		<p class="answer-head">${shape('cross', 'bad')}<b>${t('answer.refused')}</b> <code>${code}${rule ? ` · ${rule}` : ''}</code></p>
		<p>${reason}</p>
		${remedy ? html`<p><b>${t('answer.remedy')}</b> ${remedy}</p>` : nothing}
	</div>`;
}

const taken = (answer) => html`<div class="answer good">
	<p class="answer-head">${shape('tick', 'good')}<b>${t('answer.taken')}</b> <code>${answer.record}</code></p>
	${answer.state ? html`<p>${t('answer.state', { state: word('state', answer.state) })}</p>` : nothing}
</div>`;

function failed(sending) {
	const { problem } = sending;
	const known = problem.status === 0 ? t('answer.unknown') : problemText(problem);
	return html`<div class="answer bad" role="alert">
		<p class="answer-head">${shape('cross', 'bad')}<b>${problem.status === 0 ? t('answer.lost') : t('answer.not_sent')}</b> <code>${problem.code}${problem.rule ? ` · ${problem.rule}` : ''}</code></p>
		<p>${known}</p>
		${problem.detail && problem.detail !== known ? html`<p class="quiet">${problem.detail}</p>` : nothing}
		${problem.errors.map((error) => html`<p class="quiet">${error.place}: ${error.text}</p>`)}
		${sending.again ? html`<button type="button" @click=${() => sending.send()}>${t('answer.again')}</button>` : nothing}
	</div>`;
}

const STEPS = {
	sending: () => html`<p class="answer note">${shape('dashes')} ${t('answer.sending')}</p>`,
	waiting: (sending) => html`<p class="answer note">${shape('half')} ${t('answer.waiting')} <span class="quiet" aria-hidden="true">${shortSpan(Date.now() - sending.since)}</span></p>`,
	silent: (sending) => html`<div class="answer warn"><p>${shape('triangle', 'warn')} ${t('answer.silent')}</p><button type="button" @click=${() => sending.wait()}>${t('answer.ask')}</button></div>`,
	answered: (sending) => (sending.answer.refused ? refused(sending.answer) : taken(sending.answer)),
	failed,
};

export const answer = (sending) => html`<section class="sent" aria-live="polite">
	<h3>${t('answer.title', { event: word('event', sending.type) })}</h3>
	${STEPS[sending.step](sending)}
</section>`;
