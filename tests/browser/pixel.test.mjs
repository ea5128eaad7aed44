/* Check 2: from an event in Kafka to the pixel, while 200 events a second pass by; and no long task meanwhile. HUB_STRICT=1 holds it
 * to a second and 50 ms; the ordinary run allows for others' work. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { calm, close, open } from './support/browser.mjs';
import { county, fresh, hub, sleep, until } from './support/hub.mjs';
import { figure, patience, percentile } from './support/numbers.mjs';

const RATE = 200;
const PROBES = Number(process.env.HUB_PROBES || 30);
const STRICT = process.env.HUB_STRICT === '1';
const MOST_MS = 1000;
const LONG_MS = STRICT ? 50 : 200; // a task is as long as the clock says, whoever has the processor
const TRIES = 3; // others' work only ever makes it longer
const STEPS = ['ReferralAccepted', 'PatientArrived', 'ReferralCompleted'];
const longest = ({ tasks }) => Math.max(0, ...tasks);

after(close);

/* In the page: when each row was drawn with another state, and long tasks from here on. */
function look() {
	globalThis.seen = {};
	globalThis.longTasks = [];
	new PerformanceObserver((list) => globalThis.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
	const texts = new Map();
	const compare = () => {
		for (const tr of document.querySelectorAll('table.referrals tbody tr')) {
			const text = tr.children[2].textContent; // innerText would lay the page out anew, and be the long task
			if (texts.get(tr.dataset.id) === text) continue;
			texts.set(tr.dataset.id, text);
			requestAnimationFrame(() => setTimeout(() => (globalThis.seen[tr.dataset.id] ||= []).push(Date.now()))); // after the frame is drawn
		}
	};
	compare();
	new MutationObserver(compare).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
}

/* [id, which change of it, when it was sent] of each event. */
async function say(ids) {
	const sent = [];
	for (const record of STEPS) {
		for (const id of ids) {
			const fields = record === 'ReferralCompleted' ? { outcome: 'TREATED', summary: '' } : {};
			sent.push([id, STEPS.indexOf(record) + 1, await hub('says', { record, org: county.lead, id, ...fields })]);
			await sleep(20);
		}
		await sleep(300);
	}
	return sent;
}

/* {took: ms from event to pixel, tasks: those over 50 ms} of PROBES referrals in a page of their own. */
async function measure() {
	const name = fresh('pixel');
	const ids = Array.from({ length: PROBES }, (_, i) => `${name}-${i}`);
	await hub('opened', { org: county.lead, session: `${name}-busy`, capacity: 200, specialty: '04.03' });
	await hub('opened', { org: county.lead, session: `${name}-own`, capacity: 200, specialty: '03.04' });
	for (const id of ids) await hub('requested', { source: county.centres[0], id, preferred_org_id: county.lead });
	const { page, context, problems } = await open('lead', `/referrals?worklist=all&q=${name}-`);
	await until('all rows', async () => (await page.locator('table.referrals tbody tr').count()) === PROBES);
	await page.evaluate(look);
	await hub('busy', { rate: RATE, name });
	const sent = await say(ids);
	await until('the last change', () => page.evaluate(([id, n]) => (globalThis.seen[id] || []).length >= n, [ids.at(-1), STEPS.length]), 20000);
	await hub('quiet', { name });
	const { seen, longTasks } = await page.evaluate(() => ({ seen: globalThis.seen, longTasks: globalThis.longTasks }));
	calm(problems);
	await context.close();
	const took = sent.map(([id, step, at]) => (seen[id]?.[step] ?? seen[id]?.[step - 1] ?? Infinity) - at).map((ms) => Math.max(ms, 0));
	return { took, tasks: longTasks };
}

test('event to pixel', async () => {
	const tries = [];
	do tries.push(await measure());
	while (longest(tries.at(-1)) > LONG_MS * patience() && tries.length < TRIES);
	const { took, tasks } = tries.at(-1);
	const p99 = Math.max(...tries.map((each) => percentile(each.took, 0.99)));
	const told = tries.map((each) => `${each.tasks.length}, longest ${longest(each)} ms`);
	figure(`check 2: event to pixel at ${RATE} events/s: p50 ${percentile(took, 0.5)} ms, p99 ${p99} ms of ${took.length}; tasks over 50 ms: ${told.join('; again: ')}`);
	assert.ok(p99 <= MOST_MS * patience(), `p99 ${p99} ms`);
	assert.ok(longest(tries.at(-1)) <= LONG_MS * patience(), `tasks of ${tasks.join()} ms`);
});
