/* A second tab hears the stream of the first one. What happens between its list and that is not lost to it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { calm, close, open, say, watch } from './support/browser.mjs';
import { rowState } from './support/desk.mjs';
import { county, fresh, hub, site, until } from './support/hub.mjs';

after(close);

test('what is said while a second tab opens', async () => {
	const words = await say('en');
	const id = fresh('second');
	const path = `/referrals?worklist=all&q=${id}`;
	await hub('opened', { org: county.lead, session: fresh('second'), capacity: 5, specialty: '03.04' });
	await hub('requested', { source: county.centres[0], id });
	const { page: first, context, problems } = await open('lead', path);
	await rowState(first, id, words('state.ROUTED'));
	await until('the first to be live', async () => (await first.locator('.stream').innerText()).includes(words('stream.live')));

	const second = await context.newPage();
	const also = watch(second);
	let go;
	const gate = new Promise((resolve) => (go = resolve));
	await second.route('**/api/v1/organisations', async (route) => {
		await gate; // the list is there, the stream is begun after this
		await route.continue();
	});
	await second.goto(site.url + path);
	await rowState(second, id, words('state.ROUTED'));
	await hub('says', { record: 'ReferralAccepted', org: county.lead, id });
	await rowState(first, id, words('state.ACCEPTED'));
	go();
	await rowState(second, id, words('state.ACCEPTED'));
	assert.ok((await second.locator('.stream').innerText()).includes(words('stream.live')));
	await hub('says', { record: 'PatientArrived', org: county.lead, id });
	for (const page of [first, second]) await rowState(page, id, words('state.ARRIVED'));
	calm(problems);
	calm(also);
	await context.close();
});
