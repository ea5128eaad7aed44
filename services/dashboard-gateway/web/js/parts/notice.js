/* What limits what is shown: no connection, incomplete data, a request that failed. Says since when and why. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { clockTime, shortSpan } from '../format.js';
import { t, word } from '../i18n.js';
import { stream, streamState } from '../store.js';
import { shape } from './shape.js';

/* role "alert": read out at once; not for what changes by the second. */
const band = (tone, name, text, more = nothing, role = nothing) =>
	html`<p class="notice ${tone}" role=${role}>${shape(name)}<span>${text}</span>${more}</p>`;

/* A problem in words: the page's own for its code, else the server's. */
export function problemText(problem) {
	if (problem.status === 0 || problem.code === `http_${problem.status}`) return t('problem.no_answer');
	const known = word('problem', problem.code);
	return known === problem.code ? problem.detail || problem.title || problem.code : known;
}

/* What of a request was wrong the code alone does not say: then the server's detail stands beside the words. */
const SAID_BY_DETAIL = new Set([400, 409, 422]);
const detailOf = (problem, told) => (SAID_BY_DETAIL.has(problem.status) && problem.detail !== told ? problem.detail : '');

/* With the trace for whoever is asked about it. */
export function problemNotice(problem, retry) {
	if (!problem) return nothing;
	const told = problemText(problem);
	const detail = detailOf(problem, told);
	const trace = problem.traceId ? html` <small>${t('problem.trace', { id: problem.traceId })}</small>` : nothing;
	const again = retry ? html`<button type="button" class="quiet-button" @click=${retry}>${t('again')}</button>` : nothing;
	return band('bad', 'square', told, html`${detail ? html`<span>${detail}</span>` : nothing}${trace}${again}`, 'alert');
}

export function staleNotice() {
	const state = streamState();
	if (state !== 'stale' && state !== 'lost') return nothing;
	const age = shortSpan(now() - stream.heardAt);
	return band(state === 'stale' ? 'bad' : 'warn', 'dashes', t(`notice.${state}`, { span: age, at: clockTime(stream.heardAt) }));
}

/* body: an answer with `complete` and `incomplete`. */
export function incompleteNotice(body) {
	if (!body || body.complete !== false) return nothing;
	const reasons = (body.incomplete || []).map((code) => word('incomplete', code)).join(t('list_comma'));
	return band('warn', 'triangle', t('notice.incomplete', { reasons }));
}
