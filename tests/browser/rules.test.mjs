/* The page's own rules, each alone, in the browser: which of two values is newer, what keeps its place, how times are
 * written, where organisations lie in the picture. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { close, open } from './support/browser.mjs';

const WEB = new URL('../../services/dashboard-gateway/web/', import.meta.url);
let page;

before(async () => {
	({ page } = await open(null, '/', { timezoneId: 'America/New_York' }));
	await page.locator('#user').waitFor();
	/* What is served is one script; its modules come from where they are written. */
	await page.route(/\/assets\/(js|vendor)\//, (route) => route.fulfill({ path: fileURLToPath(new URL(new URL(route.request().url()).pathname.replace('/assets/', ''), WEB)) }));
});
after(close);

/* call(module, argument), in the page. */
const inPage = (path, call, argument) =>
	page.evaluate(async ([of, code, given]) => new Function(`return (${code})`)()(await import(of), given), [`/assets/js/${path}`, String(call), argument]);

test('positions', async () => {
	const told = await inPage('position.js', ({ position, isAfter, oldest }) => {
		const [a, b, other] = ['7.4', '"7.10.abc"', '8.1'].map(position);
		return [b.seq, isAfter(b, a), isAfter(a, b), isAfter(a, a), isAfter(other, b), oldest([b, a]).seq, oldest([a, other]), oldest([]), position('x'), position(null)];
	});
	assert.deepEqual(told, [10, true, false, false, true, 4, null, null, null, null]);
});

test('of a row that was fetched and one that was told the newer one holds', async () => {
	const told = await inPage('rows.js', ({ hearRows, forgetRows, newest }) => {
		const row = (seq, state) => ({ referral_id: 'r', etag: `1.${seq}`, state });
		const at = (seq) => ({ epoch: '1', seq });
		const state = (found) => found && found.state;
		forgetRows();
		hearRows({ items: [row(7, 'ACCEPTED')] }, '1.7');
		const changed = [state(newest(row(5, 'ROUTED'), at(6))), state(newest(row(8, 'ARRIVED'), at(9)))];
		hearRows({ items: [row(6, 'ROUTED')] }, '1.6');
		const late = state(newest(row(5, 'ROUTED'), at(5)));
		hearRows({ removed: ['r'] }, '1.10');
		return [...changed, late, state(newest(row(8, 'ARRIVED'), at(9))), state(newest(row(12, 'ROUTED'), at(12)))];
	});
	assert.deepEqual(told, ['ACCEPTED', 'ARRIVED', 'ACCEPTED', null, 'ROUTED']);
});

test('of two states of the whole the newer one holds, also at one position', async () => {
	const told = await inPage('dataset.js', ({ Dataset }) => {
		const of = new Dataset('/overview');
		const at = (second) => `2026-11-29T08:05:0${second}+08:00`;
		const hear = (n, revision, second) => (of.hear({ n, revision, as_of: at(second) }, revision), of.value.n);
		return [hear(1, '1.5', 1), hear(2, '1.4', 2), hear(3, '1.5', 3), hear(4, '1.5', 2), hear(5, '2.1', 4)];
	});
	assert.deepEqual(told, [1, 1, 3, 3, 5]);
});

test('a list keeps places while it is held', async () => {
	const told = await inPage('worklist.js', async ({ Worklist }) => {
		const real = globalThis.fetch;
		let ids;
		let seq = 0;
		globalThis.fetch = async () => {
			const items = ids.map((id) => ({ referral_id: id, etag: `1.${++seq}` }));
			return new Response(JSON.stringify({ items, total: ids.length, next: null, revision: `1.${seq}` }), { headers: { 'Content-Type': 'application/json' } });
		};
		let held = false;
		const list = new Worklist({ worklist: 'all' }, () => held);
		const shown = () => list.rows.map(({ row, left }) => row.referral_id + (left ? '-' : '')).join(' ');
		const steps = [];
		const load = async (...now) => {
			ids = now;
			await list.load();
			list.settleIfFree();
			steps.push(`${shown()} +${list.waiting}`);
		};
		await load('a', 'b', 'c');
		held = true;
		await load('n', 'c', 'a');
		await load('n', 'm', 'b', 'c', 'a');
		list.settle();
		steps.push(`${shown()} +${list.waiting}`);
		await load('a');
		held = false;
		list.settleIfFree();
		steps.push(shown());
		list.end();
		globalThis.fetch = real;
		return steps;
	});
	assert.deepEqual(told, ['a b c +0', 'a b- c +1', 'a b c +2', 'n m b c a +0', 'n- m- b- c- a +0', 'a']);
});

test('times are those of Shanghai, numbers that are not known are "—"', async () => {
	const told = await inPage('format.js', ({ stamp, clockTime, shortStamp, ms, count }) => {
		const at = ms('2026-11-28T23:05:09Z');
		return [stamp(at), clockTime(at), shortStamp(at, at), shortStamp(at, at + 86400000), stamp(ms(null)), stamp(ms('soon')), count(null), count(0), count(1234567)];
	});
	assert.deepEqual(told, ['2026-11-29 07:05', '07:05:09', '07:05', '11-29 07:05', '—', '—', '—', '0', '1,234,567']);
});

test('the picture shows every open referral once', async () => {
	const org = (id, level, more = {}) => ({ org_id: id, level, kind: 'HOSPITAL', county_id: 'c', memberships: ['k'], lead_of: [], ...more });
	const organisations = [
		org('lead', 'COUNTY', { lead_of: ['k'] }), org('second', 'COUNTY'), org('city', 'CITY', { county_id: 'd' }), org('office', 'COUNTY', { kind: 'AUTHORITY' }),
		...Array.from({ length: 12 }, (_, i) => org(`t${i}`, 'TOWNSHIP')), org('v', 'VILLAGE', { parent_org_id: 't0' }),
	];
	const flow = (from, to, count, more = {}) => ({ from_org_id: from, to_org_id: to, count, urgent: 0, green: 0, overdue: 0, ...more });
	const flows = [flow('v', 'lead', 3, { overdue: 1 }), flow('t0', 'lead', 4, { green: 2 }), flow('lead', 't1', 5), flow('t2', 'elsewhere', 6), flow('second', 'city', 7),
		...Array.from({ length: 12 }, (_, i) => flow(`t${i}`, 'second', 1))];
	const unplaced = [{ from_org_id: 't3', count: 8 }];
	const size = { width: 1000, height: 400, box: 30, gap: 10, widths: [200, 200, 200], most: 6 };
	const { nodes, edges, height } = await inPage('parts/topology_layout.js', ({ layout }, [all, overview, of]) => layout(all, overview, 'c', of), [organisations, { flows, unplaced_from: unplaced }, size]);
	assert.equal(edges.reduce((sum, edge) => sum + edge.count, 0), 3 + 4 + 5 + 6 + 7 + 12 + 8);
	const own = edges.find((edge) => edge.from === 't0' && edge.to === 'lead');
	assert.deepEqual([own.count, own.overdue, own.green], [7, 1, 2]);
	assert.equal(edges.find((edge) => edge.to === 'nobody').count, 8);
	assert.equal(nodes.filter((node) => node.column === 0).length, 6);
	assert.equal(nodes.find((node) => node.rest).rest, 7);
	assert.equal(nodes.find((node) => node.id === 'elsewhere').column, 2);
	assert.ok(!nodes.some((node) => node.id === 'v' || node.id === 'office'));
	for (const node of nodes) assert.ok(node.x >= 0 && node.x + node.width <= size.width && node.y >= 0 && node.y + node.height <= height, node.id);
	for (const { start, stop, a, b, overdueAt, greenAt } of edges) {
		assert.ok(start.y >= a.y && start.y <= a.y + a.height && stop.y >= b.y && stop.y <= b.y + b.height);
		for (const { x } of a.column === b.column ? [] : [overdueAt, greenAt]) assert.ok((x > 200 && x < 400) || (x > 600 && x < 800), `a mark at ${x} may lie on a box`);
	}
});

test('of a form what is empty is not sent', async () => {
	const fields = [['reason_code', 'choice'], ['reason', 'text'], ['summary', 'text'], ['down_referral_suggested', 'boolean']].map(([name, type]) => ({ name, type }));
	const told = await inPage('parts/event_form.js', ({ fieldsOf }, [of, draft]) => fieldsOf(of, draft), [fields, { reason_code: 'OTHER', reason: '  ', summary: ' well ' }]);
	assert.deepEqual(told, { reason_code: 'OTHER', summary: 'well', down_referral_suggested: false });
});

test('a dialog is closed by who opened it only while it is the one that is open', async () => {
	const told = await inPage('parts/dialog.js', ({ openDialog }) => {
		const shown = () => document.getElementById('dialog').open;
		const [first, second] = [openDialog(() => 'first'), openDialog(() => 'second')];
		first();
		const kept = shown();
		second();
		return [kept, shown()];
	});
	assert.deepEqual(told, [true, false]);
});
