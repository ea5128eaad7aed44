/* Check 6: what stops is named on the screen within 40 s: the daemon, Redis. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close, open, say } from './support/browser.mjs';
import { figures, otherBeds } from './support/desk.mjs';
import { county, fresh, hub, site, until } from './support/hub.mjs';
import { figure, patience } from './support/numbers.mjs';

const MOST_MS = 40000 * Math.min(2, patience());
after(close);

test('a daemon that has stopped', async () => {
	const words = await say('en');
	const live = await open('control', '/live');
	const health = await open('control', '/health');
	await live.page.locator('.tile-number').first().waitFor();
	await health.page.locator('.health .panel').first().waitFor();
	await hub('process', { which: 'router', action: 'pause' });
	const began = Date.now();
	try {
		await hub('requested', { source: county.centres[0], id: fresh('stale') });
		const row = health.page.getByRole('row').filter({ hasText: 'referral-router' });
		await until('health to name it', async () => (await row.innerText()).includes(words('part.behind')), MOST_MS);
		await live.page.locator('li.alert').filter({ hasText: words('alert.daemon_behind') }).waitFor({ timeout: MOST_MS });
		const took = Date.now() - began;
		figure(`check 6: a daemon that stands is named after ${(took / 1000).toFixed(0)} s`);
		assert.ok(took <= MOST_MS);
	} finally {
		await hub('process', { which: 'router', action: 'resume' });
	}
	await until('the alert to go', async () => (await live.page.locator('li.alert').filter({ hasText: words('alert.daemon_behind') }).count()) === 0, MOST_MS);
	await live.context.close();
	await health.context.close();
});

test('Redis away: the page says so and goes on', async () => {
	const words = await say('en');
	const { page, context } = await open('control', '/live');
	const others = await otherBeds(context, site.url, county.lead);
	await page.locator('.tile-number').first().waitFor();
	await hub('process', { which: 'redis', action: 'stop' });
	const began = Date.now();
	try {
		await page.getByText(words('incomplete.redis_away')).first().waitFor({ timeout: MOST_MS });
		figure(`check 6: Redis away is told after ${((Date.now() - began) / 1000).toFixed(0)} s`);
		const free = 11 + (process.pid % 30);
		await hub('beds', { org: county.lead, total: 50, free });
		await until('a change of Kafka alone', async () => parseInt((await figures(page))[words('tile.beds')], 10) === others + free, 20000);
	} finally {
		await hub('process', { which: 'redis', action: 'start' });
	}
	await until('the mark to go', async () => (await page.getByText(words('incomplete.redis_away')).count()) === 0, 60000, 500);
	await context.close();
});
