/* The topology as a table: each pair of organisations, with a link to its referrals. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { repeat } from '../../vendor/lit-html/directives/repeat.js';
import { query } from '../api.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { orgName } from '../names.js';
import { shape } from './shape.js';

const SHOWN = 12;

function pairsOf(overview) {
	const placed = (overview.flows || []).filter((flow) => flow.count > 0);
	const unplaced = (overview.unplaced_from || []).filter((flow) => flow.count > 0).map((flow) => ({ ...flow, to_org_id: null }));
	return [...placed, ...unplaced].sort((a, b) => b.count - a.count || (a.from_org_id < b.from_org_id ? -1 : 1));
}

const cell = (n, name, tone) => (n ? html`<span class="mark ${tone}">${shape(name)}<span>${count(n)}</span></span>` : html`<span class="quiet">0</span>`);

function flowRow(flow) {
	const to = flow.to_org_id;
	const href = `/referrals${query({ worklist: 'all', from: flow.from_org_id, to })}`;
	return html`<tr>
		<th scope="row">${orgName(flow.from_org_id)}</th>
		<td>${to ? orgName(to) : html`<span class="quiet">${t('topology.nobody')}</span>`}</td>
		<td class="number">${to ? html`<a href=${href} aria-label=${t('flows.open', { n: count(flow.count) })}>${count(flow.count)}</a>` : count(flow.count)}</td>
		<td class="number">${to ? count(flow.urgent) : t('none')}</td>
		<td class="number">${to ? cell(flow.overdue, 'triangle', 'bad') : t('none')}</td>
		<td class="number">${to ? cell(flow.green, 'diamond', 'green') : t('none')}</td>
	</tr>`;
}

/* pairs: [flow] to show, or null for all. */
export function flowsTable(overview, { chosen, all, showAll, clear }) {
	const pairs = chosen?.pairs ? pairsOf({ flows: chosen.pairs.filter((pair) => pair.to_org_id), unplaced_from: chosen.pairs.filter((pair) => !pair.to_org_id) }) : pairsOf(overview);
	const shown = all || chosen ? pairs : pairs.slice(0, SHOWN);
	const rest = pairs.length - shown.length;
	return html`
		<div class="table-head">
			<h2>${t('flows.title')}</h2>
			${chosen ? html`<span>${t('flows.only', { name: chosen.name })}</span><button type="button" class="quiet-button" @click=${clear}>${t('flows.clear')}</button>` : nothing}
		</div>
		<div class="scroll" tabindex="0" role="region" aria-label=${t('flows.title')}>
			<table class="rows">
				<thead><tr>
					<th scope="col">${t('flows.from')}</th><th scope="col">${t('flows.to')}</th>
					<th scope="col" class="number">${t('flows.count')}</th><th scope="col" class="number">${t('flows.urgent')}</th>
					<th scope="col" class="number">${t('flows.overdue')}</th><th scope="col" class="number">${t('flows.green')}</th>
				</tr></thead>
				<tbody>${repeat(shown, (flow) => `${flow.from_org_id} ${flow.to_org_id}`, flowRow)}</tbody>
			</table>
			${pairs.length ? nothing : html`<p class="empty">${t('flows.empty')}</p>`}
		</div>
		${rest > 0 ? html`<button type="button" class="quiet-button" @click=${showAll}>${t('flows.more', { n: rest })}</button>` : nothing}`;
}
