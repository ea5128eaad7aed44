/* Referrals that the stream told of lately. A list that was fetched is as old as its position; what the stream said after
 * that is laid over it, so that no change between both is lost, whichever comes first. */
import { isAfter, position } from './position.js';

const KEPT = 4000;
const KEPT_MS = 30000; /* longer than any fetch */
const told = new Map(); /* referral_id -> {row: or null when it is not to be seen any more, at, since} in the order told */
const listeners = new Set();

function forgetOld() {
	const oldest = performance.now() - KEPT_MS;
	for (const [key, { since }] of told) {
		if (since > oldest && told.size <= KEPT) return;
		told.delete(key);
	}
}

export function hearRows({ items = [], removed = [] }, id) {
	const at = position(id);
	const changes = [...items.map((row) => [row.referral_id, row, position(row.etag) || at]), ...removed.map((gone) => [gone, null, at])];
	for (const [key, row, when] of changes) {
		const before = told.get(key);
		if (before && !isAfter(when, before.at)) continue;
		told.delete(key);
		told.set(key, { row, at: when, since: performance.now() });
	}
	forgetOld();
	for (const listener of listeners) listener(changes.map(([key]) => key));
}

export const forgetRows = () => told.clear();

/* The newest known of a row that was fetched at a position: itself, a newer one, or null when it is gone. */
export function newest(row, at) {
	const change = told.get(row.referral_id);
	if (!change) return row;
	const own = position(row.etag) || at;
	if (change.row) return isAfter(change.at, own) ? change.row : row;
	return isAfter(change.at, at) ? null : row;
}

/* undefined: nothing was told of it; null: it is not to be seen any more. */
export const toldRow = (referralId) => told.get(referralId)?.row;

/* call(ids) after each change. Returns what ends it. */
export function whenRows(call) {
	listeners.add(call);
	return () => listeners.delete(call);
}
