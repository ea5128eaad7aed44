/* /live: what needs me now? Drawn at most once a second; pausing holds the picture, not the connection. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { t } from '../i18n.js';
import { orgName, orgShortName } from '../names.js';
import { briefSpan, ms, shortSpan } from '../format.js';
import { now } from '../clock.js';
import { paint, paintGap } from '../paint.js';
import { me } from '../session.js';
import { alerts, organisations, overview, streamState } from '../store.js';
import { alertList } from '../parts/alerts.js';
import { asOf } from '../parts/asof.js';
import { flowsTable } from '../parts/flows.js';
import { incompleteNotice, problemNotice, staleNotice } from '../parts/notice.js';
import { tileDefinitions, tiles } from '../parts/tiles.js';
import { topology, topologyLegend } from '../parts/topology.js';
import { layout, NOBODY } from '../parts/topology_layout.js';
import { pausedNotice, pauseButton } from '../parts/pause.js';

const SIZE = { width: 1000, height: 420, box: 34, gap: 10, widths: [230, 230, 230], most: 14 };
const WALL_SIZE = { width: 1216, height: 584, box: 56, gap: 8, widths: [286, 364, 376], most: 9 };
const LOOK = { font: 15, mark: 14, stroke: 1, wall: false };
const WALL_LOOK = { font: 38, mark: 26, stroke: 1.6, wall: true };

const state = { wall: false, pausedAt: null, frozen: null, chosen: null, all: false, picture: null, pictureOf: [] };

export const topics = ['overview', 'alerts'];
export const title = () => t('view.live');
export const isWall = () => state.wall;

export async function enter(params) {
	state.wall = params.get('wall') === '1';
	document.documentElement.classList.toggle('wall', state.wall);
	paintGap(1000);
	await Promise.all([organisations, overview, alerts].map((dataset) => (dataset.value ? null : dataset.load())));
}

export function leave() {
	document.documentElement.classList.remove('wall');
	Object.assign(state, { wall: false, pausedAt: null, frozen: null, chosen: null, all: false, picture: null, pictureOf: [] });
	paintGap(250);
}

function pause() {
	state.pausedAt = state.pausedAt === null ? now() : null;
	state.frozen = state.pausedAt === null ? null : { overview: overview.value, alerts: alerts.value };
	paint();
}

/* Laid out anew only when there is something new. */
function pictureOf(value) {
	const of = [value, organisations.value, state.wall];
	if (of.some((part, i) => part !== state.pictureOf[i])) {
		state.picture = layout(organisations.value?.items || [], value, me().county_id, state.wall ? WALL_SIZE : SIZE);
		state.pictureOf = of;
	}
	return state.picture;
}

function chosenFlows(picture) {
	if (!state.chosen) return null;
	const name = (id) => (id === NOBODY ? t('topology.nobody') : orgName(id));
	const edge = picture.edges.find((one) => one.key === state.chosen);
	if (edge) return { pairs: edge.pairs, name: `${name(edge.from)} → ${name(edge.to)}` };
	const edges = picture.edges.filter((one) => one.from === state.chosen || one.to === state.chosen);
	return edges.length ? { pairs: edges.flatMap((one) => one.pairs), name: name(state.chosen) } : null;
}

function choose(key) {
	if (state.wall) return;
	state.chosen = state.chosen === key ? null : key;
	paint();
}

function oldestSource(value) {
	const source = value?.oldest_source;
	const at = ms(source?.last_event_at);
	if (at === null) return nothing;
	const name = state.wall ? orgShortName(source.org_id) : orgName(source.org_id);
	return html`<span class="oldest">${t('live.oldest', { org: name, span: state.wall ? briefSpan(now() - at) : shortSpan(now() - at) })}</span>`;
}

function head(value) {
	return html`<div class="view-head">
		<h1>${t('live.question')}</h1>
		<span class="spacer"></span>
		${oldestSource(value)}${asOf(value, state.frozen || overview.problem)}
		${pauseButton(state.pausedAt, pause)}
	</div>`;
}

function picturePanel(value) {
	const picture = pictureOf(value);
	const look = { ...(state.wall ? WALL_LOOK : LOOK), width: (state.wall ? WALL_SIZE : SIZE).width, chosen: state.chosen, choose };
	return html`<section class="panel picture" aria-labelledby="picture-title">
		<div class="panel-head"><h2 id="picture-title">${t('topology.title')}</h2>${topologyLegend()}</div>
		${topology(picture, look)}
	</section>`;
}

function tablePanel(value) {
	const chosen = chosenFlows(pictureOf(value));
	return html`<section class="panel">${flowsTable(value, {
		chosen,
		all: state.all,
		showAll: () => ((state.all = true), paint()),
		clear: () => ((state.chosen = null), paint()),
	})}</section>`;
}

export function render() {
	const shown = state.frozen || { overview: overview.value, alerts: alerts.value };
	const value = shown.overview;
	const old = streamState() === 'stale' || overview.problem;
	return html`
		${head(value)}
		<div class="notices">
			${pausedNotice(state.pausedAt)}${staleNotice()}${incompleteNotice(value)}
			${problemNotice(overview.problem || alerts.problem, () => Promise.all([overview.load(), alerts.load()]).then(paint))}
		</div>
		<div class="live ${old ? 'old' : ''}">
			${tiles(value, state.wall)}
			<div class="live-body">
				${value ? picturePanel(value) : nothing}
				<section class="panel" aria-labelledby="alerts-title">
					<div class="panel-head"><h2 id="alerts-title">${t('alerts.title')}</h2></div>
					${incompleteNotice(shown.alerts)}
					${alertList(shown.alerts, state.wall)}
				</section>
			</div>
			${value && !state.wall ? tablePanel(value) : nothing}
			${state.wall ? nothing : tileDefinitions()}
		</div>`;
}
