/* Check 8: whoever is in a row stays in it, whatever comes. HUB_REORDERS: how many (1,000 as a command). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { calm, close, open, say } from './support/browser.mjs';
import { row, rows } from './support/desk.mjs';
import { county, fresh, hub, until } from './support/hub.mjs';
import { figure } from './support/numbers.mjs';

const REORDERS = Number(process.env.HUB_REORDERS || 40);
let name;

before(async () => {
	name = fresh('focus');
	await hub('opened', { org: county.lead, session: name, capacity: REORDERS + 50, specialty: '03.04' });
});
after(close);

test('the focused row keeps its place and the focus', async () => {
	for (let i = 0; i < 6; i++) await hub('requested', { source: county.centres[0], id: `${name}-r${i}`, preferred_org_id: county.lead });
	const words = await say('en');
	const { page, context, problems } = await open('lead', `/referrals?worklist=to_answer&q=${name}`);
	await until('six rows', async () => (await rows(page)).length === 6);
	const [id] = (await rows(page))[2];
	await row(page, id).locator('a').focus();
	const place = () => row(page, id).evaluate((tr) => [tr.sectionRowIndex, Math.round(tr.getBoundingClientRect().top), document.activeElement === tr.querySelector('a')]);
	const before = await place();
	assert.equal(before[2], true);
	for (let i = 0; i < REORDERS; i++) {
		// each is due before all that are there
		await hub('requested', { source: county.centres[1], id: `${name}-n${i}`, urgency: i % 2 ? 'URGENT' : 'EMERGENCY', preferred_org_id: county.lead });
		if (i % 10 === 9 || i === REORDERS - 1) assert.deepEqual(await place(), before, `after ${i + 1} new ones`);
	}
	const button = page.locator('.new-rows button');
	// a list begins with a hundred rows: the new ones are the first of them
	await until('all to be counted', async () => (await button.innerText()).trim() === words('rows.new', { n: Math.min(REORDERS, 100) }), 20000);
	const after_ = await place();
	assert.equal(after_[0], before[0]);
	assert.equal(after_[2], true);
	await button.click();
	await until('the new ones first', async () => (await rows(page))[0][0].startsWith(`${name}-n`));
	figure(`check 8: ${REORDERS} reorders, the focused row kept its place and the focus`);
	calm(problems);
	await context.close();
});
