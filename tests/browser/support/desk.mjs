/* What people do on /referrals, by what they read there. */
import { until } from './hub.mjs';

export const row = (page, id) => page.locator(`tr[data-id="${id}"]`);

export async function openRow(page, id) {
	await row(page, id).locator('a.row-link').click();
	await page.locator('section.actions').waitFor({ state: 'attached' }); // without buttons it is empty
}

/* Presses the button of a record, fills its form in and sends it. */
export async function act(page, words, record, fields = {}) {
	await page.locator('section.actions').getByRole('button', { name: words(`event.${record}`), exact: true }).click();
	const form = page.locator('form.event-form');
	for (const [name, value] of Object.entries(fields)) {
		const input = form.locator(`#field-${name}`);
		if ((await input.evaluate((element) => element.tagName)) === 'SELECT') await input.selectOption(value);
		else await input.fill(value);
	}
	await form.getByRole('button', { name: words('send'), exact: true }).click();
}

/* The hub's answer to what was sent: {good, text}. */
export async function answer(page) {
	const shown = page.locator('section.sent .answer.good, section.sent .answer.bad');
	await shown.waitFor({ timeout: 15000 });
	return { good: (await shown.getAttribute('class')).includes('good'), text: await shown.innerText() };
}

export const buttons = async (page) => (await page.locator('section.actions .buttons button').allInnerTexts()).map((text) => text.trim());

/* [[id, state], ...] as the list shows them. */
export const rows = (page) =>
	page.locator('table.referrals tbody tr').evaluateAll((all) => all.map((tr) => [tr.dataset.id, tr.children[2].innerText.trim()]));

export const rowState = (page, id, text) => until(`${id} to be ${text}`, async () => (await row(page, id).locator('td').nth(2).innerText()).includes(text));

/* Free beds of all boards but the one that a script changes. */
export async function otherBeds(context, url, org) {
	const { items } = await (await context.request.get(`${url}/api/v1/beds`)).json();
	return items.filter((board) => board.org_id !== org).reduce((sum, board) => sum + board.free, 0);
}

/* {label: number} as the tiles of /live show them. */
export const figures = (page) =>
	page.locator('.tile').evaluateAll((all) =>
		Object.fromEntries(all.map((tile) => [tile.querySelector('.tile-label').innerText.trim(), tile.querySelector('.tile-number').innerText.trim()])),
	);
