/* The figures that open a list: the list's total is the figure. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { briefSpan, count, ms, NONE, span } from '../format.js';
import { t } from '../i18n.js';
import { shape } from './shape.js';

/* Order and look; a figure of 0 is calm whatever it counts. */
const LOOK = {
	overdue: ['triangle', 'bad'],
	unplaced: ['cross', 'bad'],
	awaiting_authorisation: ['ring', 'warn'],
	green_channel: ['diamond', 'green'],
	waiting: ['ring', ''],
};

function figure(id, n, name, tone, more, about) {
	const calm = n === 0;
	return html`
		<span class="tile-label">${shape(calm ? 'ring' : name, calm ? 'quiet' : tone)}<span>${t(`tile.${id}`)}</span></span>
		<span class="tile-number" title=${about}>${count(n)}</span>
		<span class="tile-more">${more}</span>`;
}

function listTile(tile, wall) {
	const [name, tone] = LOOK[tile.id] || ['ring', ''];
	const since = ms(tile.oldest_at);
	const age = since === null ? 0 : now() - since;
	const more = since === null ? t('tile.none') : t('tile.oldest', { span: wall ? briefSpan(age) : span(age) });
	const inner = figure(tile.id, tile.count, name, tone, more, t(`tile.about.${tile.id}`));
	const classes = `tile ${tile.count ? tone : 'calm'}`;
	return wall ? html`<div class=${classes}>${inner}</div>` : html`<a class=${classes} href="/referrals?${tile.query.replace(/^\?/, '')}">${inner}</a>`;
}

/* What is left of what there is. */
function leftTile(id, left, whole, more, wall) {
	return html`<div class="tile plain">
		<span class="tile-label"><span>${t(`tile.${id}`)}</span></span>
		<span class="tile-number" title=${t(`tile.about.${id}`)}>${whole ? count(left) : NONE}${whole && !wall ? html`<small> / ${count(whole)}</small>` : nothing}</span>
		<span class="tile-more">${wall && whole ? t('tile.of', { n: count(whole) }) : more}</span>
	</div>`;
}

export function tiles(overview, wall) {
	const byId = new Map((overview?.tiles || []).map((tile) => [tile.id, tile]));
	const unknown = (id) => html`<div class="tile calm">${figure(id, null, 'dashes', 'quiet', nothing, '')}</div>`;
	const { slots, beds } = overview || {};
	return html`<section class="tiles" aria-label=${t('tiles')}>
		${Object.keys(LOOK).map((id) => (byId.has(id) ? listTile(byId.get(id), wall) : unknown(id)))}
		${leftTile('slots', slots?.open, slots?.capacity, t('tile.sessions', { n: count(slots?.sessions) }), wall)}
		${leftTile('beds', beds?.free, beds?.total, t('tile.boards', { n: count(beds?.boards) }), wall)}
	</section>`;
}

export const tileDefinitions = () => html`<details class="about">
	<summary>${t('about.figures')}</summary>
	<dl>${[...Object.keys(LOOK), 'slots', 'beds'].map((id) => html`<div><dt>${t(`tile.${id}`)}</dt><dd>${t(`tile.about.${id}`)}</dd></div>`)}</dl>
</details>`;
