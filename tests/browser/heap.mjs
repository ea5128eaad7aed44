/* Check 3: the page stays as small as it was. usage: node heap.mjs, with HUB_LEVERS, HUB_HEAP_MINUTES. A busy hub for so long, the heap after
 * garbage collection by the minute; nodes and listeners stay. */
import assert from 'node:assert/strict';
import { close, open } from './support/browser.mjs';
import { county, hub, sleep, until } from './support/hub.mjs';
import { figure, percentile, slope } from './support/numbers.mjs';

const MINUTES = Number(process.env.HUB_HEAP_MINUTES || 2);
const RATE = 20;
// What the page keeps (rows of half a minute, code that becomes hot) is there by then.
const WARM_MS = Math.min(15 * 60000, (MINUTES * 60000) / 3);
const SAMPLES = 20;
// A short run ends before that: its bound is what a leaked row per update would be. Nodes and listeners come and go with the rows of a
// moment: their usual number in the second half is that of the first.
const MOST_MB_H = MINUTES >= 20 ? 0.1 : 40;

async function measure(session) {
	for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
	const { metrics } = await session.send('Performance.getMetrics');
	const of = (name) => metrics.find((each) => each.name === name).value;
	return { mb: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

await hub('opened', { org: county.lead, session: 'heap', capacity: 200, specialty: '04.03' });
await hub('busy', { rate: RATE, name: 'heap' });
const pages = [await open('wall', '/live'), await open('control', '/referrals')];
for (const { page } of pages) await until('something to see', async () => (await page.locator('.tile-number, table.referrals tbody tr').count()) > 0);
await sleep(WARM_MS);
const sessions = [];
for (const { page, context } of pages) {
	const session = await context.newCDPSession(page);
	await session.send('Performance.enable');
	await session.send('HeapProfiler.enable');
	sessions.push(session);
}
const samples = pages.map(() => []);
const began = Date.now();
for (let i = 0; i <= SAMPLES; i++) {
	for (const [at, session] of sessions.entries()) samples[at].push([(Date.now() - began) / 3600000, await measure(session)]);
	if (i < SAMPLES) await sleep((MINUTES * 60000 - WARM_MS) / SAMPLES);
}
await hub('quiet', { name: 'heap' });
let bad = 0;
for (const [at, of] of samples.entries()) {
	const path = new URL(pages[at].page.url()).pathname;
	const grows = slope(of.map(([hours, { mb }]) => [hours, mb]));
	const half = Math.floor(of.length / 2);
	const usual = (part, what) => percentile(part.map(([, sample]) => sample[what]), 0.5);
	const more = (what) => usual(of.slice(half), what) - usual(of.slice(0, half), what);
	figure(`check 3: ${path}, ${MINUTES} min at ${RATE} updates/s: heap ${of.map(([, { mb }]) => mb.toFixed(2)).join(' ')} MB, slope ${grows.toFixed(3)} MB/h; nodes ${of[0][1].nodes} -> ${of.at(-1)[1].nodes}, listeners ${of[0][1].listeners} -> ${of.at(-1)[1].listeners}`);
	if (grows > MOST_MB_H || more('nodes') > 200 || more('listeners') > 20) bad++;
}
await close();
assert.equal(bad, 0, 'the page grows');
