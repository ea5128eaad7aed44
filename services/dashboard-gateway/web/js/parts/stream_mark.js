/* Whether what is shown is alive: word, shape, colour. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { shortSpan } from '../format.js';
import { t } from '../i18n.js';
import { stream, streamState } from '../store.js';
import { shape } from './shape.js';

const LOOK = { live: ['dot', 'good'], still: ['triangle', 'warn'], connecting: ['dashes', 'quiet'], lost: ['half', 'warn'], stale: ['square', 'bad'] };

export function streamMark() {
	const state = streamState();
	const [name, tone] = LOOK[state];
	const age = state === 'lost' || state === 'stale' ? html` <small>${shortSpan(now() - stream.heardAt)}</small>` : nothing;
	return html`<span class="stream ${tone}" title=${t(`stream.about.${state}`)}>${shape(name, tone)}<span role="status">${t(`stream.${state}`)}</span>${age}</span>`;
}
