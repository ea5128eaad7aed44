/* /referrals: what is late, whose turn is it, what may I do? The address says which list, how it is narrowed and which
 * referral is open. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { query } from '../api.js';
import { count, ms } from '../format.js';
import { Detail } from '../detail.js';
import { Gradually } from '../gradually.js';
import { t, word } from '../i18n.js';
import { onKeys } from '../keys.js';
import { paint } from '../paint.js';
import { go } from '../router.js';
import { me } from '../session.js';
import { organisations, overview, streamState } from '../store.js';
import { Tally } from '../tally.js';
import { Worklist } from '../worklist.js';
import { asOf } from '../parts/asof.js';
import { filters } from '../parts/filters.js';
import { incompleteNotice, problemNotice, staleNotice } from '../parts/notice.js';
import { Actions, panel } from '../parts/panel.js';
import { referralRows } from '../parts/referral_rows.js';
import { tabs, WORKLISTS } from '../parts/tabs.js';

/* What the server knows of the address; lang, open and others are the page's. */
const PARAMS = ['worklist', 'org', 'state', 'urgency', 'overdue', 'due_before', 'specialty', 'q', 'from', 'to', 'sort'];
const POINTER_HOLDS_MS = 10000;

const view = { params: {}, key: '', worklist: null, gradually: new Gradually(), tally: null, detail: null, actions: null, pointerAt: -Infinity };

export const title = () => word('worklist', view.params.worklist);

/* Somebody is at work in the rows. */
function held() {
	const focused = document.activeElement?.closest?.('.referrals tbody');
	return Boolean(focused || view.detail || performance.now() - view.pointerAt < POINTER_HOLDS_MS);
}

function paramsOf(search) {
	const params = Object.fromEntries(PARAMS.filter((name) => search.get(name)).map((name) => [name, search.get(name)]));
	params.worklist ||= me().role === 'HOSPITAL' ? 'to_answer' : 'all';
	return params;
}

const open = (id) => go(`/referrals${query({ ...view.params, open: id })}`);

function openDetail(id) {
	if (view.detail?.id === id) return;
	view.detail?.end();
	view.detail = id ? new Detail(id, view.worklist.find(id)) : null;
	view.actions = id ? new Actions() : null;
	if (!id) return;
	view.detail.load();
	paint();
	focusLater('#detail-title');
}

/* Once the next drawing is done. */
function focusLater(selector) {
	requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(selector)?.focus({ preventScroll: false })));
}

export async function enter(search) {
	onKeys('view', onKey);
	view.tally ||= new Tally(WORKLISTS);
	const params = paramsOf(search);
	const key = query(params);
	let loading = null;
	if (key !== view.key) {
		view.worklist?.end();
		view.worklist = new Worklist(params, held);
		Object.assign(view, { params, key, pointerAt: -Infinity });
		loading = view.worklist.load();
		view.tally.load();
	}
	openDetail(search.get('open'));
	await Promise.all([loading, organisations.value ? null : organisations.load()]);
}

export function leave() {
	onKeys('view', null);
	view.worklist?.end();
	view.tally?.end();
	view.detail?.end();
	Object.assign(view, { params: {}, key: '', worklist: null, gradually: new Gradually(), tally: null, detail: null, actions: null });
}

/* Everything anew: the stream could not go on where it was. */
export function refetch() {
	view.worklist?.load();
	view.tally?.load();
	view.detail?.load();
}

/* The page may be loaded anew without anybody losing anything. */
export const isIdle = () => !view.actions?.unsent && !view.actions?.underWay;

function close() {
	const id = view.detail?.id;
	go(`/referrals${query(view.params)}`);
	if (id) focusLater(`tr[data-id="${CSS.escape(id)}"] .row-link`);
}

function settle() {
	view.worklist.settle();
	paint();
}

const links = () => [...document.querySelectorAll('.referrals .row-link')];

/* From the focused row, else from the open one, else from the top. */
function step(by) {
	const all = links();
	if (!all.length) return;
	const at = all.findIndex((link) => link === document.activeElement || (!document.activeElement?.closest('.referrals') && link.closest('tr').dataset.id === view.detail?.id));
	const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
	next.focus();
	next.closest('tr').scrollIntoView({ block: 'nearest' });
}

function onKey(key, event) {
	if (key === 'Escape') return escape(event);
	if (key === 'j' || key === 'ArrowDown') return inRows(event, key === 'j') && (step(1), true);
	if (key === 'k' || key === 'ArrowUp') return inRows(event, key === 'k') && (step(-1), true);
	if (key === 'n' && view.worklist.waiting) return settle(), true;
	if (key === '/') return document.getElementById('q')?.focus(), true;
	return false;
}

/* Arrows scroll a panel or the page when the focus is not among the rows. */
const inRows = (event, always) => always || event.target === document.body || Boolean(event.target.closest('.referrals'));

function escape(event) {
	if (view.actions?.chosen) view.actions.cancel();
	else if (view.detail) close();
	else event.target.blur?.();
	return true;
}

/* The rows to draw now; the others soon. */
function rowsNow() {
	const { drawn, behind } = view.gradually.next(view.worklist.rows);
	if (behind) setTimeout(paint);
	return drawn;
}

function rowsBody() {
	const { worklist } = view;
	if (worklist.rows === null) return worklist.problem ? nothing : html`<p class="empty">${t('loading')}</p>`;
	if (!worklist.rows.length) return html`<p class="empty">${t(view.params.q ? 'rows.none_found' : 'rows.none')}</p>`;
	const list = `/referrals${query(view.params)}&open=`;
	return referralRows(rowsNow(), { openId: view.detail?.id, total: worklist.total, list, open });
}

function newButton() {
	const n = view.worklist.waiting;
	return html`<div class="new-rows" aria-live="polite">${n ? html`<button type="button" class="primary" @click=${settle}>${t('rows.new', { n })}</button>` : nothing}</div>`;
}

function more() {
	const { worklist } = view;
	if (!worklist.more) return nothing;
	return worklist.full
		? html`<p class="quiet">${t('rows.narrow', { n: count(worklist.rows.length), total: count(worklist.total) })}</p>`
		: html`<button type="button" @click=${() => worklist.loadMore()}>${t('rows.more', { n: count(worklist.rows.length), total: count(worklist.total) })}</button>`;
}

/* Whether something is missing: a list says it when it is fetched, the stream tells it of the whole when that changes. The later word holds. */
const saidLast = (list, whole) => (list && whole && ms(whole.as_of) < ms(list.as_of) ? list : whole || list);

export function render() {
	const { worklist, tally, params } = view;
	if (!worklist) return nothing;
	worklist.settleIfFree();
	const plain = PARAMS.every((name) => name === 'worklist' || name === 'sort' || !params[name]);
	if (plain && worklist.total !== null) tally.hear(params.worklist, worklist.total);
	return html`
		<div class="view-head">
			<h1>${word('worklist', params.worklist)}</h1>
			${worklist.total === null ? nothing : html`<span class="total-count">${t('rows.total', { n: count(worklist.total) })}</span>`}
			<span class="spacer"></span>${asOf(worklist.body, worklist.problem)}
		</div>
		${tabs(params.worklist, tally.totals)}
		${filters(params)}
		<div class="notices">${staleNotice()}${incompleteNotice(saidLast(worklist.body, overview.value))}${problemNotice(worklist.problem, () => worklist.load())}</div>
		<div class="split ${view.actions ? 'with-detail' : ''} ${streamState() === 'stale' ? 'old' : ''}">
			<section class="panel list" aria-label=${word('worklist', params.worklist)} @pointermove=${() => (view.pointerAt = performance.now())} @pointerleave=${() => (view.pointerAt = -Infinity)}>
				${newButton()}
				${rowsBody()}
				<div class="list-end">${worklist.rows ? more() : nothing}</div>
			</section>
			${view.actions ? panel(view.detail, view.actions, close) : nothing}
		</div>`;
}
