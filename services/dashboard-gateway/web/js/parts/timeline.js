/* What happened to a referral, newest first, each step with its rule. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { repeat } from '../../vendor/lit-html/directives/repeat.js';
import { count, ms, stamp } from '../format.js';
import { t, word } from '../i18n.js';
import { orgName } from '../names.js';
import { shape } from './shape.js';

const SHAPES = {
	ReferralRouted: ['half', ''],
	ReferralProgressed: ['dot', ''],
	ReferralWaitlisted: ['ring', 'warn'],
	ReferralExpired: ['triangle', 'bad'],
	ReferralUnplaced: ['cross', 'bad'],
	ReferralReminder: ['triangle', 'warn'],
	ReferralEventRefused: ['cross', 'bad'],
	ReferralClosed: ['tick', 'good'],
};

const fact = (key, value) => html`<div><dt>${t(`step.${key}`)}</dt><dd>${value}</dd></div>`;

const considered = (list) => html`<details class="considered"><summary>${t('step.considered', { n: list.length })}</summary>
	<ul>${list.map((one) => html`<li>${orgName(one.org_id)} <span class="quiet">${word('path', one.path)}</span> — ${word('reason', one.reason_code)}</li>`)}</ul>
</details>`;

function said(step) {
	const { org_id: org, reason_code: code, text, outcome } = step.said;
	const words = [code && word('choice', code), outcome && word('choice', outcome)].filter(Boolean).join(t('list_comma'));
	if (!words && !text) return nothing;
	return html`<p class="said"><b>${orgName(org)}</b>${words ? html` ${words}` : nothing}${text ? html`<q>${text}</q>` : nothing}</p>`;
}

const refused = ({ reason_code: code, rule, reason }) => html`<p class="said"><code>${code}${rule ? ` · ${rule}` : ''}</code> ${reason}</p>`;

/* A closing or progressing step is named by the state that it led to. */
const headline = (step) => {
	const led = step.record === 'ReferralClosed' || step.record === 'ReferralProgressed';
	return led && step.state ? word('state', step.state) : word('record', step.record);
};

function facts(step) {
	const shown = [];
	if (step.to_org_id) shown.push(fact('to', html`${orgName(step.to_org_id)}${step.path ? html` <span class="quiet">${word('path', step.path)}</span>` : nothing}`));
	if (step.starts_at) shown.push(fact('session', stamp(ms(step.starts_at))));
	if (step.attempt > 1) shown.push(fact('attempt', count(step.attempt)));
	if (step.waits_for) shown.push(fact('waits_for', word('waits', step.waits_for)));
	if (step.position) shown.push(fact('position', count(step.position)));
	if (step.reason_code) shown.push(fact('reason', word('reason', step.reason_code)));
	if (step.timer) shown.push(fact('timer', word('due', step.timer)));
	if (step.due_at) shown.push(fact('due', stamp(ms(step.due_at))));
	if (step.flags?.length) shown.push(fact('flags', step.flags.map((flag) => word('flag', flag)).join(t('list_comma'))));
	return shown.length ? html`<dl class="facts">${shown}</dl>` : nothing;
}

function line(step) {
	const [name, tone] = SHAPES[step.record] || ['dot', ''];
	return html`<li class="step">
		${shape(name, tone)}
		<div>
			<p class="step-head"><b>${headline(step)}</b>${step.rule ? html`<code title=${t('rule.title')}>${step.rule}</code>` : nothing}<time datetime=${step.at}>${stamp(ms(step.at))}</time></p>
			${facts(step)}
			${step.said ? said(step) : nothing}
			${step.refused ? refused(step.refused) : nothing}
			${step.considered?.length ? considered(step.considered) : nothing}
		</div>
	</li>`;
}

export function timeline(history) {
	const steps = [...history.items].reverse();
	if (!steps.length) return html`<p class="empty">${t('history.empty')}</p>`;
	return html`<ol class="timeline">${repeat(steps, (step, i) => step.id || `${step.at} ${step.record} ${i}`, line)}</ol>`;
}
