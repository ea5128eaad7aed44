/* js/gradually.js by itself: eight rows a drawing, from the top; what is as it was costs nothing; what is gone goes at once. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const source = await readFile(new URL('../../services/dashboard-gateway/web/js/gradually.js', import.meta.url), 'utf8');
const { Gradually } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const place = (n, etag = '1.1', fields = {}) => ({ row: { referral_id: `r${n}`, etag, overdue: false, ...fields }, left: false });
const ids = ({ drawn }) => drawn.map(({ row }) => row.referral_id).join();

test('a new list is drawn in parts, from the top', () => {
	const list = new Gradually();
	const places = Array.from({ length: 20 }, (_, n) => place(n));
	assert.deepEqual([8, 16, 20, 20].map((n) => ({ n, behind: n < 20 })), Array.from({ length: 4 }, () => {
		const { drawn, behind } = list.next(places);
		return { n: drawn.length, behind };
	}));
});

test('changed rows stand as they were until their turn; the order is the new one', () => {
	const list = new Gradually();
	const first = Array.from({ length: 8 }, (_, n) => place(n));
	const { drawn } = list.next(first);
	const changed = [place(20), ...first.map((_, n) => place(n, '1.2'))].reverse();
	const now = list.next(changed);
	assert.equal(ids(now), 'r7,r6,r5,r4,r3,r2,r1,r0'); // the ninth, which is new, waits
	assert.ok(now.behind && now.drawn.every(({ row }) => row.etag === '1.2'));
	assert.equal(ids(list.next(changed)), 'r7,r6,r5,r4,r3,r2,r1,r0,r20');
	assert.equal(drawn.length, 8);
});

test('the same row is the same place; overdue and left are changes, too', () => {
	const list = new Gradually();
	const [before] = list.next([place(1)]).drawn;
	assert.equal(list.next([place(1)]).drawn[0], before);
	assert.equal(list.next([place(1, '1.1', { overdue: true })]).drawn[0].row.overdue, true);
	assert.equal(list.next([{ ...place(1), left: true }]).drawn[0].left, true);
});

test('rows that are gone go at once', () => {
	const list = new Gradually();
	list.next([place(1), place(2), place(3)]);
	assert.deepEqual([ids(list.next([place(2)])), list.next([]).behind], ['r2', false]);
});
