/* Who sees what in the page. That the server gives nobody more is tests/integration's matter. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { calm, close, open, say, signedIn } from './support/browser.mjs';
import { openRow, row, rows } from './support/desk.mjs';
import { county, fresh, hub, site, sleep, until } from './support/hub.mjs';

const SECRET = 'chest pain since yesterday';
let words;
let id;

before(async () => {
	words = await say('en');
	id = fresh('seen');
	await hub('opened', { org: county.lead, session: fresh('roles'), capacity: 5 });
	await hub('requested', { source: county.centres[0], id, reason: SECRET });
});
after(close);

async function story(user) {
	const { page, context, problems } = await open(user, `/referrals?worklist=all&q=${id}`);
	await row(page, id).waitFor();
	await openRow(page, id);
	const text = await until('the story', async () => {
		const shown = await page.locator('main').innerText();
		return shown.includes('REF-') && shown;
	});
	calm(problems);
	await context.close();
	return text;
}

test('parties read what the doctor wrote, others do not', async () => {
	for (const user of ['lead', 'centre']) assert.ok((await story(user)).includes(SECRET), user);
	for (const user of ['control', 'manager', 'wall']) assert.ok(!(await story(user)).includes(SECRET), user);
});

test('nobody else sees it at all', async () => {
	for (const user of ['member', 'other-control', 'other-lead']) {
		const { page, context } = await open(user, `/referrals?worklist=all&q=${id}`);
		await sleep(1000);
		assert.deepEqual(await rows(page), [], user);
		await context.close();
	}
});

test('health is for control centres and walls', async () => {
	for (const [user, sees] of [['control', true], ['wall', true], ['lead', false], ['manager', false]]) {
		const { page, context } = await open(user, user === 'lead' ? '/referrals' : '/live');
		await page.locator('h1').first().waitFor();
		const link = page.getByRole('link', { name: words('view.health'), exact: true });
		assert.equal((await link.count()) > 0, sees, user);
		await context.close();
	}
});

test('signing in: a wrong password, the right one, and out again', async () => {
	const { page, context, problems } = await open(null, '/live');
	await page.locator('input[type=password]').waitFor();
	const user = page.locator('input[autocomplete=username]');
	const password = page.locator('input[type=password]');
	await user.fill('control');
	await password.fill('not it');
	await page.keyboard.press('Enter');
	await page.getByRole('alert').filter({ hasText: words('problem.wrong_credentials') }).waitFor();
	// Whoever was wrong may have to wait a while: as a person would, it is tried again.
	await until('the right password to be taken', async () => {
		if ((await page.locator('.tile').count()) > 0) return true;
		if ((await password.count()) === 0) return false;
		await password.fill(site.password);
		await page.keyboard.press('Enter');
		await sleep(2000);
		return false;
	}, 90000);
	await page.locator('details.menu summary').click();
	await page.getByRole('button', { name: words('sign_out') }).click();
	await page.locator('input[type=password]').waitFor();
	calm(problems, { away: true }); // 401 is logged by the browser
	await context.close();
});

test('who could not be signed out is told so, and may try again', async () => {
	const { page, context } = await open(null, '/live');
	await context.request.post(`${site.url}/api/v1/session`, { data: { user: 'control', password: site.password } }); // a session of its own
	await page.reload();
	await page.locator('.tile').first().waitFor();
	await page.route('**/api/v1/session', (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
	await page.locator('details.menu summary').click();
	await page.getByRole('button', { name: words('sign_out') }).click();
	await page.locator('dialog[open]').getByRole('alert').waitFor();
	assert.equal(await page.locator('.tile-number').count() > 0, true);
	await page.locator('dialog[open]').getByRole('button', { name: words('close') }).click();
	await page.unroute('**/api/v1/session');
	await page.getByRole('button', { name: words('sign_out') }).click();
	await page.locator('input[type=password]').waitFor();
	await context.close();
});

test('a session that has ended closes a dialog, too', async () => {
	const { page, context } = await open('control', '/health');
	await page.locator('.verdict').waitFor();
	await page.getByRole('link', { name: words('view.live'), exact: true }).click();
	await page.locator('.tile').first().waitFor();
	await page.keyboard.press('?');
	await page.locator('dialog[open]').waitFor();
	await context.clearCookies();
	await page.evaluate(() => history.back());
	await page.locator('input[type=password]').waitFor();
	assert.equal(await page.locator('dialog[open]').count(), 0);
	await context.close();
});

test('a session that has ended asks for the password', async () => {
	const { page, context } = await open('control', '/live');
	await page.locator('.tile').first().waitFor();
	await context.clearCookies();
	await page.getByRole('link', { name: words('view.referrals'), exact: true }).click();
	await page.locator('input[type=password]').waitFor();
	await signedIn(context, 'control');
	await context.close();
});
