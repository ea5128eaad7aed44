/* The rows of a worklist. A row is opened by its link, or by a click anywhere in it. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { guard } from '../../vendor/lit-html/directives/guard.js';
import { repeat } from '../../vendor/lit-html/directives/repeat.js';
import { count } from '../format.js';
import { language, t, word } from '../i18n.js';
import { needText, orgFullName, orgName, specialtyName } from '../names.js';
import { organisations } from '../store.js';
import { dueCell, dueText } from './due.js';
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
	return html`<tr role="row" data-id=${id} class="${left ? 'left' : ''} ${openId === id ? 'open' : ''}" @click=${onClick}>
		<td role="cell" class="due-cell">${left ? html`<span class="quiet">${t('row.left')}</span>` : dueCell(row)}</td>
		<td role="cell">${urgencyMark(row.urgency)}</td>
		<td role="cell">${stateMark(row)}${row.attempt > 1 ? html`<small class="attempt">${t('row.attempt', { n: row.attempt })}</small>` : nothing}</td>
		<td role="cell" class="orgs"><span title=${orgFullName(row.from_org_id)}>${orgName(row.from_org_id)}</span><span class="to" title=${orgFullName(to)}>${to ? html`<span class="arrow" aria-hidden="true">→</span><span class="hidden">${t('row.to')}</span> ${orgName(to)}` : html`<span class="quiet">${t('row.nobody')}</span>`}</span></td>
		<td role="cell"><span>${specialtyName(row.specialty)}</span><small>${needText(row)}</small></td>
		<td role="cell">${flags(row)}</td>
		<td role="cell" class="id-cell"><a class="row-link" href=${list + encodeURIComponent(id)} aria-label=${t('row.open', { id })} aria-current=${openId === id ? 'true' : nothing}>${id}</a></td>
	</tr>`;
}

const HEADS = ['due', 'urgency', 'state', 'orgs', 'specialty', 'flags', 'id'];

/* What a row is drawn from; one that is as it was costs no more than this. */
const seen = (place, { openId, list }) => [place, openId === place.row.referral_id, list, language(), organisations.value, dueText(place.row)];

/* A table by its roles: it is laid out as a grid a row (referrals.css), which takes a table's own from it.
 * places: {row, left} each. look: {openId, total, list: address of an opened row without its id, open(id)} */
export function referralRows(places, look) {
	return html`<table role="table" class="rows referrals">
		<caption class="hidden">${t('rows.caption', { n: count(look.total) })}</caption>
		<thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th role="columnheader" scope="col">${t(`rows.${head}`)}</th>`)}</tr></thead>
		<tbody role="rowgroup">${repeat(places, (place) => place.row.referral_id, (place) => guard(seen(place, look), () => rowLine(place, look)))}</tbody>
	</table>`;
}
