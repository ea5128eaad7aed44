/* Kafka away: an open worklist, which nobody touches, says so once and of when it is, to every role; when Kafka is back it goes on by itself. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { calm, close, open, say } from './support/browser.mjs';
import { row } from './support/desk.mjs';
import { county, fresh, hub, sleep, until } from './support/hub.mjs';

const TOLD_MS = 40000;
const BACK_MS = 60000;
after(close);

test('Kafka away and back', async () => {
	const words = await say('en');
	const id = fresh('kept');
	await hub('opened', { org: county.lead, session: fresh('kafka'), capacity: 5 });
	await hub('requested', { source: county.centres[0], id });
	const desks = [];
	for (const user of ['lead', 'control', 'manager', 'wall']) desks.push({ user, ...(await open(user, '/referrals?worklist=all')) });
	const notices = ({ page }) => page.locator('.notices').innerText();
	const asOf = ({ page }) => page.locator('.as-of').innerText();
	const mark = ({ page }) => page.locator('.stream').innerText();
	const all = (what, test, timeoutMs) => until(what, async () => (await Promise.all(desks.map(test))).every(Boolean), timeoutMs, 250);
	for (const { page } of desks) await row(page, id).waitFor();
	await all('all to be live', async (desk) => (await mark(desk)).includes(words('stream.live')) && (await notices(desk)) === '');

	await hub('process', { which: 'broker', action: 'kill' });
	try {
		const reason = words('incomplete.kafka_away');
		await all('all to say that Kafka is away', async (desk) => (await notices(desk)).split(reason).length === 2, TOLD_MS);
		const before = await Promise.all(desks.map(asOf));
		await sleep(3000);
		for (const [i, desk] of desks.entries()) {
			const clock = (text) => text.match(/\d\d:\d\d:\d\d/)[0];
			assert.equal(clock(await asOf(desk)), clock(before[i]), `${desk.user}: "as of" goes on`);
			assert.ok((await mark(desk)).includes(words('stream.still')), `${desk.user}: ${await mark(desk)}`);
			assert.equal(await row(desk.page, id).count(), 1, `${desk.user}: the row has gone`);
		}
	} finally {
		await hub('process', { which: 'broker', action: 'start' });
	}
	await all('all to be live again', async (desk) => (await mark(desk)).includes(words('stream.live')) && (await notices(desk)) === '', BACK_MS);
	for (const { problems } of desks) calm(problems, { away: true });
});
