/* What the page knows, and how much of it can be believed. */
import { hearAnswers } from './answers.js';
import { heardTime, now } from './clock.js';
import { Dataset } from './dataset.js';
import { paintLater } from './paint.js';
import { oldest } from './position.js';
import { forgetRows, hearRows } from './rows.js';
import { me, pageBuild } from './session.js';
import { share } from './tabs.js';

export const overview = new Dataset('/overview');
export const alerts = new Dataset('/alerts');
export const health = new Dataset('/freshness');
export const organisations = new Dataset('/organisations');
const streamed = { overview, alerts, health };

/* up: null before the first word; heardAt: when the server last said anything. build: of the server, when it is not ours. */
export const stream = { up: null, heardAt: null, newBuild: null };
const STALE_MS = 40000;
const ORGANISATIONS_AGAIN_MS = 60000;

let shared = null;
let onReset = () => {};
/* Called when everything has to be fetched anew. */
export const whenReset = (call) => void (onReset = call);

/* Whether changes reach the gateway, by what it last said of the whole; also without Redis they do. */
const arriving = () => !(overview.value?.incomplete || []).some((reason) => reason !== 'redis_away');

/* "live", "still" (it stands, but has nothing to tell: changes do not reach the gateway), "connecting", "lost" (a moment ago) or "stale" (so long
 * that nothing shown may be believed). */
export function streamState() {
	if (stream.up) return stream.heardAt && now() - stream.heardAt > STALE_MS ? 'stale' : arriving() ? 'live' : 'still';
	if (stream.heardAt === null) return 'connecting';
	if (now() - stream.heardAt > STALE_MS) return 'stale';
	return stream.up === null ? 'connecting' : 'lost';
}

/* Fetch again all that was fetched; lists of referrals do it themselves. */
export function refetch() {
	forgetRows();
	for (const dataset of Object.values(streamed)) if (dataset.value || dataset.problem) dataset.load().then(paintLater);
	onReset();
}

function onHello(hello) {
	heardTime(hello.server_time);
	if (hello.build && hello.build !== pageBuild()) stream.newBuild = hello.build;
	if (!hello.resumed) refetch();
}

function hear(type, data, id) {
	stream.heardAt = now();
	if (type === 'hello') onHello(data);
	else if (type === 'beat') heardTime(data.server_time);
	else if (type === 'reset') refetch();
	else if (type === 'referrals') hearRows(data, id);
	else if (type === 'answers') hearAnswers(data);
	else if (streamed[type]) streamed[type].hear(data, id);
	paintLater();
}

function tell(up) {
	stream.up = up;
	paintLater();
}

/* From now on this tab hears another one's stream. What that told before is missing here: changes since this tab's own fetches, and its first
 * words, which are the whole. */
function joined() {
	refetch();
	if (!overview.value) overview.load().then(paintLater);
}

/* topics: of the stream; fetched before: the stream goes on from the oldest of them. There is one, however often it is begun. */
export function startStream(topics) {
	if (shared) return;
	const loaded = Object.values(streamed).filter((dataset) => dataset.value);
	stream.heardAt = now();
	shared = share({
		name: `hub ${me().user} ${topics.join(' ')}`,
		topics,
		after: oldest(loaded.map((dataset) => dataset.at)),
		hear,
		tell,
		joined,
	});
	addEventListener('online', nudge);
	document.addEventListener('visibilitychange', nudge);
}

export const streaming = () => shared !== null;

function nudge() {
	if (document.visibilityState === 'visible') shared?.nudge();
}

export function stopStream() {
	removeEventListener('online', nudge);
	document.removeEventListener('visibilitychange', nudge);
	shared?.close();
	shared = null;
	Object.assign(stream, { up: null, heardAt: null, newBuild: null });
	forgetRows();
	for (const dataset of [...Object.values(streamed), organisations]) dataset.forget();
}

/* The registry's organisation, or null. One that is not known has the list fetched again, now and then. */
const index = { of: null, byId: new Map() };
export function organisation(orgId) {
	if (index.of !== organisations.value) {
		index.of = organisations.value;
		index.byId = new Map((organisations.value?.items || []).map((org) => [org.org_id, org]));
	}
	const found = index.byId.get(orgId) || null;
	if (!found && orgId && organisations.heardAt && now() - organisations.heardAt > ORGANISATIONS_AGAIN_MS) {
		organisations.heardAt = now();
		organisations.load().then(paintLater);
	}
	return found;
}
