/* Stream positions "<epoch>.<seq>": comparable within one epoch only. */
export function position(text) {
	if (typeof text !== 'string') return null;
	const bare = text.replaceAll('"', '');
	const dot = bare.indexOf('.');
	const seq = Number(bare.slice(dot + 1).split('.')[0]);
	return dot > 0 && Number.isFinite(seq) ? { epoch: bare.slice(0, dot), seq } : null;
}

/* Whether a is after b. Of different epochs neither can be told: the one that comes later counts as newer. */
export function isAfter(a, b) {
	if (!a || !b) return true;
	return a.epoch !== b.epoch || a.seq > b.seq;
}

export const positionText = (p) => (p ? `${p.epoch}.${p.seq}` : null);

/* The oldest of several; null when one is unknown or their epochs differ. */
export function oldest(positions) {
	if (!positions.length || positions.some((p) => !p || p.epoch !== positions[0].epoch)) return null;
	return positions.reduce((least, p) => (p.seq < least.seq ? p : least));
}
