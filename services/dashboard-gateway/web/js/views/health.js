/* /health: can I believe the screen? */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { clockOffset, now } from '../clock.js';
import { count, ms, NONE, shortSpan, span, stamp } from '../format.js';
import { t, word } from '../i18n.js';
import { orgName } from '../names.js';
import { paint } from '../paint.js';
import { health, organisations, streamState } from '../store.js';
import { asOf } from '../parts/asof.js';
import { DeadLetters } from '../parts/dead_letters.js';
import { incompleteNotice, problemNotice, staleNotice } from '../parts/notice.js';
import { partMark } from '../parts/states.js';
import { verdict } from '../parts/verdict.js';

const WORST_FIRST = ['silent', 'late', 'behind', 'unknown', 'fresh', 'ok'];
let letters = null;

export const title = () => t('view.health');

export async function enter() {
	letters ||= new DeadLetters();
	await Promise.all([health.load(), letters.load(), organisations.value ? null : organisations.load()]);
}

export function leave() {
	letters = null;
}

export function refetch() {
	letters?.load();
}

const worstFirst = (rows) => [...rows].sort((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state));
const seconds = (s) => (s === null || s === undefined ? NONE : shortSpan(s * 1000));

function table(title, heads, rows, empty) {
	return html`<div class="panel-head"><h2>${title}</h2></div>
		${rows.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${title}><table class="rows">
			<thead><tr>${heads.map(([key, number]) => html`<th scope="col" class=${number ? 'number' : ''}>${t(key)}</th>`)}</tr></thead>
			<tbody>${rows}</tbody>
		</table></div>` : html`<p class="empty">${empty}</p>`}`;
}

const publisher = (one) => html`<tr>
	<td>${partMark(one.state)}</td>
	<th scope="row">${orgName(one.org_id)}</th>
	<td class="nowrap">${stamp(ms(one.last_event_at))}</td>
	<td class="number">${seconds(one.silent_s)}</td>
	<td class="number">${seconds(one.usual_gap_s)}</td>
	<td class="number">${count(one.refused_today)}</td>
</tr>`;

const daemon = (one) => html`<tr>
	<td>${partMark(one.state)}</td>
	<th scope="row">${one.daemon}</th>
	<td class="number">${seconds(one.lag_s)}</td>
	<td class="number">${count(one.lag_records)}</td>
	<td class="number">${count(one.fence_lag_records)}</td>
	<td class="number">${one.partitions ? `${count(one.fences_live)} / ${count(one.partitions)}` : NONE}</td>
</tr>`;

const refusal = (one) => html`<tr><th scope="row"><code>${one.reason_code}</code></th><td>${word('refusal', one.reason_code)}</td><td class="number">${count(one.count)}</td></tr>`;

const reason = (one) => html`<tr><th scope="row"><code>${one.reason}</code></th><td>${word('letter', one.reason)}</td><td class="number">${count(one.count)}</td></tr>`;

function store(name, of) {
	const since = ms(of?.since);
	return html`<div><dt>${name}</dt><dd>${partMark(of?.state || 'unknown')}${since === null ? nothing : html`<small>${t('health.since', { at: stamp(since), span: span(now() - since) })}</small>`}</dd></div>`;
}

const parts = (value) => html`<dl class="facts parts">
	${store('Kafka', value.kafka)}${store('Redis', value.redis)}
	<div><dt>${t('health.skew')}</dt><dd class="figure">${value.clock_skew_ms === null ? NONE : t('health.ms', { n: count(Math.round(value.clock_skew_ms)) })}</dd></div>
	<div><dt>${t('health.own_clock')}</dt><dd class="figure">${t('health.ms', { n: count(Math.round(clockOffset())) })}</dd></div>
	<div><dt>${t('health.history')}</dt><dd class="figure">${value.history_percent === null ? NONE : `${count(Math.floor(value.history_percent))} %`}</dd></div>
</dl>`;

function body(value) {
	const total = value.dead_letters?.total ?? null;
	return html`
		<section class="panel">${parts(value)}</section>
		<section class="panel">${table(t('publishers.title'), [['col.state'], ['publishers.org'], ['publishers.last'], ['publishers.silent', 1], ['publishers.usual', 1], ['publishers.refused', 1]], worstFirst(value.publishers || []).map(publisher), t('publishers.none'))}</section>
		<div class="two">
			<section class="panel">${table(t('daemons.title'), [['col.state'], ['daemons.name'], ['daemons.lag', 1], ['daemons.records', 1], ['daemons.fence', 1], ['daemons.live', 1]], worstFirst(value.daemons || []).map(daemon), t('daemons.none'))}</section>
			<section class="panel">${table(t('refusals.title'), [['refusals.code'], ['refusals.meaning'], ['refusals.count', 1]], (value.refusals || []).map(refusal), t('refusals.none'))}</section>
		</div>
		<section class="panel">
			${table(total === null ? t('letters.title') : t('letters.total', { n: count(total) }), [['letters.reason'], ['letters.meaning'], ['refusals.count', 1]], (value.dead_letters?.by_reason || []).map(reason), t('letters.none'))}
			${total ? letters.template() : nothing}
		</section>`;
}

export function render() {
	const { value } = health;
	if (value?.dead_letters) letters.follow(value.dead_letters.total);
	return html`
		<div class="view-head"><h1>${t('health.question')}</h1><span class="spacer"></span>${asOf(value, health.problem)}</div>
		<div class="notices">${staleNotice()}${incompleteNotice(value)}${problemNotice(health.problem, () => health.load().then(paint))}</div>
		${value ? verdict(value) : nothing}
		<div class="health ${streamState() === 'stale' ? 'old' : ''}">${value ? body(value) : nothing}</div>`;
}
