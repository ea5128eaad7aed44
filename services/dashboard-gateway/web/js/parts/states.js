/* States of a referral and of the hub's parts as mark: word, shape, colour. */
import { word } from '../i18n.js';
import { mark } from './shape.js';

const REFERRAL = {
	ROUTING: ['dashes', ''],
	WAITING: ['ring', 'warn'],
	ASKING_COUNTY: ['dashes', ''],
	ROUTED: ['half', ''],
	SUPPLEMENTING: ['half', 'warn'],
	ACCEPTED: ['dot', 'good'],
	ARRIVED: ['tick', 'good'],
	UNPLACED: ['cross', 'bad'],
	COMPLETED: ['tick', ''],
	NO_SHOW: ['cross', ''],
	CANCELLED: ['cross', ''],
	RETURNED: ['down', 'warn'],
	RETURN_CONFIRMED: ['tick', ''],
};

/* A waiting one says for what. */
export function stateMark(row) {
	const [shape, tone] = REFERRAL[row.state] || ['dashes', ''];
	const waits = row.state === 'WAITING' && row.waits_for;
	return mark(shape, tone, waits ? word('waits', row.waits_for) : word('state', row.state));
}

const URGENCY = { EMERGENCY: ['square', 'bad'], URGENT: ['triangle', 'warn'], ROUTINE: ['ring', 'quiet'] };

export function urgencyMark(urgency) {
	const [shape, tone] = URGENCY[urgency] || ['dashes', ''];
	return mark(shape, tone, word('urgency', urgency));
}

const SEVERITY = { critical: ['square', 'bad'], warning: ['triangle', 'warn'], info: ['dot', 'note'] };

export function severityMark(severity) {
	const [shape, tone] = SEVERITY[severity] || ['dashes', ''];
	return mark(shape, tone, word('severity', severity));
}

const PART = {
	fresh: ['dot', 'good'],
	ok: ['dot', 'good'],
	late: ['triangle', 'warn'],
	behind: ['triangle', 'warn'],
	silent: ['square', 'bad'],
	away: ['square', 'bad'],
	unknown: ['dashes', 'quiet'],
};

export function partMark(state) {
	const [shape, tone] = PART[state] || PART.unknown;
	return mark(shape, tone, word('part', state));
}
