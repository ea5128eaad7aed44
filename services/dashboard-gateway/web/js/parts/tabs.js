/* The worklists as tabs with their counts. They are links: each list has its address. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { count } from '../format.js';
import { t, word } from '../i18n.js';

export const WORKLISTS = ['to_answer', 'to_supplement', 'returned_to_me', 'to_confirm', 'unplaced', 'leaving_county', 'all'];

/* Others have their tab while they are looked at: a figure of /live opened them. */
export function tabs(current, totals) {
	const shown = WORKLISTS.includes(current) ? WORKLISTS : [...WORKLISTS, current];
	return html`<nav class="tabs" aria-label=${t('worklists')}>
		${shown.map((list) => html`<a href="/referrals?worklist=${list}" aria-current=${list === current ? 'page' : nothing} class=${totals.get(list) === 0 ? 'empty-list' : ''}>
			${word('worklist', list)}<span class="count">${count(totals.get(list))}</span>
		</a>`)}
	</nav>`;
}
