/* Each thing that a desk or a control centre can say, in the page, and the hub's answer to it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { calm, close, open, say } from './support/browser.mjs';
import { act, answer, buttons, openRow, row, rowState } from './support/desk.mjs';
import { county, fresh, hub, site, until } from './support/hub.mjs';

const [T1] = county.centres;
let words;
let session;

before(async () => {
	words = await say('en');
	session = fresh('actions');
	for (const [i, { lead, member }] of site.counties.entries()) {
		for (const org of [lead, member]) await hub('opened', { org, session, capacity: 40, specialty: '03.04', county: i });
	}
});
after(close);

async function referral(fields = {}) {
	const id = fresh('act');
	await hub('requested', { source: T1, id, ...fields });
	return id;
}

async function at(user, id, worklist = 'all') {
	const opened = await open(user, `/referrals?worklist=${worklist}&q=${id}`);
	await row(opened.page, id).waitFor();
	await openRow(opened.page, id);
	return opened;
}

async function says(user, id, record, fields, expected) {
	const { page, context, problems } = await at(user, id);
	await act(page, words, record, fields);
	const told = await answer(page);
	assert.ok(told.good, told.text);
	if (expected) await rowState(page, id, words(expected));
	calm(problems);
	await context.close();
}

test('accept, arrive, complete', async () => {
	const id = await referral();
	await says('lead', id, 'ReferralAccepted', {}, 'state.ACCEPTED');
	await says('lead', id, 'PatientArrived', {}, 'state.ARRIVED');
	await says('lead', id, 'ReferralCompleted', { outcome: 'TREATED', summary: 'went well' });
	const { page, context } = await open('centre', `/referrals?worklist=all&q=${id}`);
	await rowState(page, id, words('state.COMPLETED'));
	await context.close();
});

test('a rejection needs a reason, and the next hospital is asked', async () => {
	const id = await referral();
	const { page, context, problems } = await at('lead', id);
	await act(page, words, 'ReferralRejected', { reason: 'full this week' });
	assert.equal(await page.locator('#field-reason_code:invalid').count(), 1, 'the reason code was not asked for');
	assert.equal(await page.locator('section.sent').count(), 0, 'it was sent without a reason');
	await page.locator('#field-reason_code').selectOption('NO_CAPACITY');
	await page.locator('form.event-form').getByRole('button', { name: words('send'), exact: true }).click();
	const told = await answer(page);
	assert.ok(told.good, told.text);
	calm(problems);
	await context.close();
	const next = await open('member', `/referrals?worklist=to_answer&q=${id}`);
	await row(next.page, id).waitFor();
	await next.context.close();
});

test('ask, supplement, and a refusal word for word', async () => {
	const id = await referral({ urgency: 'URGENT' });
	for (let i = 0; i < 3; i++) {
		await says('lead', id, 'SupplementRequested', { text: 'ECG, please' }, 'state.SUPPLEMENTING');
		if (i === 0) {
			const { page, context } = await open('centre', '/referrals?worklist=to_supplement');
			await row(page, id).waitFor();
			await context.close();
		}
		await says('centre', id, 'Supplemented', { text: 'here it is' }, 'state.ROUTED');
	}
	const { page, context } = await at('lead', id);
	await act(page, words, 'SupplementRequested', { text: 'once more' });
	const told = await answer(page);
	assert.ok(!told.good);
	for (const part of ['REF-13', 'this hospital has asked for a supplement as often as it may', 'accept, or reject with INCOMPLETE']) {
		assert.ok(told.text.includes(part), `${told.text} lacks ${part}`);
	}
	await context.close();
});

test('confirm a return', async () => {
	const id = fresh('down');
	await hub('beds', { org: T1, total: 20, free: 10, kind: 'REHABILITATION' });
	await hub('requested', { source: county.lead, id, direction: 'DOWN', need: 'BED', bed_kind: 'REHABILITATION', preferred_org_id: T1 });
	const { page, context, problems } = await open('centre', '/referrals?worklist=to_confirm');
	await row(page, id).waitFor();
	await openRow(page, id);
	await act(page, words, 'ReturnConfirmed');
	const told = await answer(page);
	assert.ok(told.good, told.text);
	calm(problems);
	await context.close();
});

/* Whoever is asked says no, until nobody is left or `stop` says so. */
async function rejectedByAll(id, stop) {
	const { context } = await open('control', '/health');
	await until(`${id} to be done`, async () => {
		const row = await (await context.request.get(`${site.url}/api/v1/referrals/${id}`)).json();
		if (stop(row)) return true;
		if (row.state === 'ROUTED') await hub('says', { record: 'ReferralRejected', org: row.to_org_id, id, reason_code: 'NO_CAPACITY', reason: '' });
		return false;
	});
	await context.close();
}

test('claim what nobody takes', async () => {
	const id = await referral({ out_of_county_authorised: true });
	await rejectedByAll(id, ({ state }) => state === 'UNPLACED');
	const control = await open('control', '/referrals?worklist=unplaced');
	await row(control.page, id).waitFor();
	await control.context.close();
	await says('lead', id, 'ReferralClaimed', {}, 'state.ACCEPTED');
});

test('authorise, cancel', async () => {
	const id = await referral();
	await rejectedByAll(id, ({ waits_for }) => waits_for === 'AUTHORISATION');
	const { page, context, problems } = await open('control', `/referrals?worklist=leaving_county&q=${id}`);
	await row(page, id).waitFor();
	await openRow(page, id);
	await act(page, words, 'OutOfCountyAuthorised');
	const told = await answer(page);
	assert.ok(told.good, told.text);
	calm(problems);
	await context.close();
	await says('control', id, 'ReferralCancelled', { reason: 'not needed any more' }, 'state.CANCELLED');
});

test('what is not allowed has no button', async () => {
	const id = await referral();
	for (const [user, allowed, missing] of [
		['lead', 'ReferralAccepted', 'ReferralCancelled'],
		['centre', 'ReferralCancelled', 'ReferralAccepted'],
		['control', 'ReferralCancelled', 'ReferralAccepted'],
	]) {
		const { page, context } = await at(user, id);
		const may = await until('buttons', async () => (await buttons(page)).length && buttons(page));
		assert.ok(may.includes(words(`event.${allowed}`)), `${user}: ${may}`);
		assert.ok(!may.includes(words(`event.${missing}`)), `${user}: ${may}`);
		await context.close();
	}
	for (const user of ['manager', 'wall']) {
		const { page, context } = await at(user, id);
		assert.deepEqual(await buttons(page), [], user);
		await context.close();
	}
});
