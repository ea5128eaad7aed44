/* Numbers and times as the screens show them: "—" for what is not known, Asia/Shanghai (which knows no summer time). */
import { t } from './i18n.js';

export const NONE = '—';
const SHANGHAI_MS = 8 * 3600 * 1000;
const MINUTE_MS = 60000;
const two = (n) => String(n).padStart(2, '0');

const inShanghai = (ms) => new Date(ms + SHANGHAI_MS);

/* RFC 3339 or null -> ms or null. */
export function ms(text) {
	if (!text) return null;
	const value = Date.parse(text);
	return Number.isNaN(value) ? null : value;
}

export function date(at) {
	const d = inShanghai(at);
	return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
}

/* 08:05:12 */
export function clockTime(at) {
	const d = inShanghai(at);
	return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/* 2026-11-24 08:05 */
export const stamp = (at) => (at === null || at === undefined ? NONE : `${date(at)} ${clockTime(at).slice(0, 5)}`);

/* 08:05 today, 11-24 08:05 otherwise. */
export function shortStamp(at, today) {
	if (at === null || at === undefined) return NONE;
	const full = stamp(at);
	return full.startsWith(date(today)) ? full.slice(11) : full.slice(5);
}

/* 1 h 20 min: the two largest units. */
export function span(length) {
	const minutes = Math.floor(Math.abs(length) / MINUTE_MS);
	const hours = Math.floor(minutes / 60);
	const days = Math.floor(hours / 24);
	if (minutes < 1) return t('span.under_minute');
	if (hours < 1) return t('span.minutes', { m: minutes });
	if (days < 1) return minutes % 60 ? t('span.hours_minutes', { h: hours, m: minutes % 60 }) : t('span.hours', { h: hours });
	return hours % 24 ? t('span.days_hours', { d: days, h: hours % 24 }) : t('span.days', { d: days });
}

/* Its largest unit only, where there is little room. */
export function briefSpan(length) {
	const minutes = Math.floor(Math.abs(length) / MINUTE_MS);
	if (minutes < 60) return span(length);
	return minutes < 1440 ? t('span.hours', { h: Math.floor(minutes / 60) }) : t('span.days', { d: Math.floor(minutes / 1440) });
}

/* Seconds too, for what changes while one looks. */
export function shortSpan(length) {
	const seconds = Math.max(0, Math.round(length / 1000));
	return seconds < 120 ? t('span.seconds', { s: seconds }) : span(length);
}

export function count(n) {
	return n === null || n === undefined ? NONE : String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
