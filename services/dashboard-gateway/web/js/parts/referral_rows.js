/* The rows of a worklist. A row is opened by its link, or by a click anywhere in it. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { repeat } from '../../vendor/lit-html/directives/repeat.js';
import { count } from '../format.js';
import { t, word } from '../i18n.js';
import { needText, orgFullName, orgName, specialtyName } from '../names.js';
import { dueCell } from './due.js';
import { mark } from './shape.js';
import { stateMark, urgencyMark } from './states.js';

/* What is out of the ordinary about it. */
export function flags(row) {
	const shown = [];
	if (row.condition && row.condition !== 'NONE' && row.condition !== 'UNKNOWN') shown.push(mark('diamond', 'green', word('condition', row.condition)));
	if (row.direction === 'DOWN') shown.push(mark('down', '', t('flag.down')));
	if (row.asked_county_id && row.state !== 'ASKING_COUNTY') shown.push(mark('dashes', '', t('flag.other_county')));
	return shown.length ? html`<span class="flags">${shown}</span>` : nothing;
}

const receiver = (row) => row.to_org_id || row.asked_org_id;

function rowLine({ row, left }, { openId, list, open }) {
	const id = row.referral_id;
	const to = receiver(row);
	const onClick = (event) => {
		if (event.target.closest('a') || String(getSelection())) return;
		open(id);
	};
	return html`<tr data-id=${id} class="${left ? 'left' : ''} ${openId === id ? 'open' : ''}" @click=${onClick}>
		<td class="due-cell">${left ? html`<span class="quiet">${t('row.left')}</span>` : dueCell(row)}</td>
		<td>${urgencyMark(row.urgency)}</td>
		<td>${stateMark(row)}${row.attempt > 1 ? html`<small class="attempt">${t('row.attempt', { n: row.attempt })}</small>` : nothing}</td>
		<td class="orgs"><span title=${orgFullName(row.from_org_id)}>${orgName(row.from_org_id)}</span><span class="to" title=${orgFullName(to)}>${to ? html`<span class="arrow" aria-hidden="true">→</span><span class="hidden">${t('row.to')}</span> ${orgName(to)}` : html`<span class="quiet">${t('row.nobody')}</span>`}</span></td>
		<td><span>${specialtyName(row.specialty)}</span><small>${needText(row)}</small></td>
		<td>${flags(row)}</td>
		<td class="id-cell"><a class="row-link" href=${list + encodeURIComponent(id)} aria-label=${t('row.open', { id })} aria-current=${openId === id ? 'true' : nothing}>${id}</a></td>
	</tr>`;
}

const HEADS = ['due', 'urgency', 'state', 'orgs', 'specialty', 'flags', 'id'];

/* places: {row, left} each. look: {openId, total, list: address of an opened row without its id, open(id)} */
export function referralRows(places, look) {
	return html`<table class="rows referrals">
		<caption class="hidden">${t('rows.caption', { n: count(look.total) })}</caption>
		<thead><tr>${HEADS.map((head) => html`<th scope="col" class="head-${head}">${t(`rows.${head}`)}</th>`)}</tr></thead>
		<tbody>${repeat(places, (place) => place.row.referral_id, (place) => rowLine(place, look))}</tbody>
	</table>`;
}
