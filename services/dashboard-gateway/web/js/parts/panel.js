/* An opened referral: what it is, what may be done, what happened. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { ms, stamp } from '../format.js';
import { t, word } from '../i18n.js';
import { needText, orgFullName, specialtyName } from '../names.js';
import { Actions } from './actions.js';
import { dueCell } from './due.js';
import { incompleteNotice, problemNotice } from './notice.js';
import { flags } from './referral_rows.js';
import { request } from './request.js';
import { shape } from './shape.js';
import { stateMark, urgencyMark } from './states.js';
import { timeline } from './timeline.js';

export { Actions };

const fact = (key, value) => html`<div><dt>${t(`panel.${key}`)}</dt><dd>${value}</dd></div>`;

const facts = (row) => html`<dl class="facts wide">
	${fact('from', orgFullName(row.from_org_id))}
	${fact('to', orgFullName(row.to_org_id || row.asked_org_id))}
	${fact('what', `${specialtyName(row.specialty)} · ${needText(row)}`)}
	${row.path ? fact('path', word('path', row.path)) : nothing}
	${row.attempt ? fact('attempt', t('row.attempt', { n: row.attempt })) : nothing}
	${row.session_id ? fact('session', row.session_id) : nothing}
	${fact('requested', stamp(ms(row.requested_at)))}
	${row.accepted_at ? fact('accepted', stamp(ms(row.accepted_at))) : nothing}
	${row.arrived_at ? fact('arrived', stamp(ms(row.arrived_at))) : nothing}
	${row.ended_at ? fact('ended', stamp(ms(row.ended_at))) : nothing}
</dl>`;

function history(detail) {
	if (detail.historyProblem) return problemNotice(detail.historyProblem, () => detail.load());
	if (!detail.history && detail.gone) return nothing;
	return detail.history ? html`${incompleteNotice(detail.history)}${timeline(detail.history)}` : html`<p class="empty">${t('loading')}</p>`;
}

export function panel(detail, actions, close) {
	const { row } = detail;
	return html`<aside class="panel detail" aria-labelledby="detail-title">
		<div class="detail-head">
			<h2 id="detail-title" tabindex="-1"><span class="hidden">${t('panel.title')}</span> ${detail.id}</h2>
			<button type="button" class="quiet-button close" aria-label=${t('panel.close')} @click=${close}>${shape('cross')}</button>
		</div>
		${detail.gone ? html`<p class="notice note"><span>${t('panel.gone')}</span></p>` : nothing}
		${detail.problem ? problemNotice(detail.problem, () => detail.load()) : nothing}
		${row ? html`
			<div class="detail-state">${stateMark(row)}${urgencyMark(row.urgency)}${dueCell(row)}${flags(row)}</div>
			${actions.template(detail)}
			${facts(row)}
			${request(detail.history)}
			<h3>${t('history.title')}</h3>
			${history(detail)}` : html`<p class="empty">${detail.problem ? nothing : t('loading')}</p>`}
	</aside>`;
}
