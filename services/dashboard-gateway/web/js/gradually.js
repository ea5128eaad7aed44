/* A list that changes as a whole is drawn in parts: with each frame so many rows that are new or changed, from the top, the others with the
 * next ones. A frame is never long, and the top of the list, which is seen, comes first. */
const AT_ONCE = 8;

export class Gradually {
	#drawn = new Map(); /* referral_id -> its place as it was drawn */

	/* {drawn, behind}: what to draw now of places ({row, left} each), and whether that is not yet all. */
	next(places) {
		const before = this.#drawn;
		const drawn = [];
		let room = AT_ONCE;
		let behind = false;
		for (const { row, left } of places) {
			const old = before.get(row.referral_id);
			if (old && old.row.etag === row.etag && old.row.overdue === row.overdue && old.left === left) drawn.push(old);
			else if (room-- > 0) drawn.push({ row, left });
			else {
				behind = true;
				if (old) drawn.push(old);
			}
		}
		this.#drawn = new Map(drawn.map((place) => [place.row.referral_id, place]));
		return { drawn, behind };
	}
}
