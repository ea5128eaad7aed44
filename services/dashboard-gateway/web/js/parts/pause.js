/* Holding the picture still, to point at something or to read. */
import { html, nothing, svg } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { clockTime, shortSpan } from '../format.js';
import { t } from '../i18n.js';

const pauseSign = svg`<path d="M4 2.5h3v11H4zm5 0h3v11H9z"/>`;
const playSign = svg`<path d="M4 2l9 6-9 6z"/>`;

export const pauseButton = (pausedAt, toggle) =>
	html`<button type="button" class="pause" aria-pressed=${pausedAt !== null} @click=${toggle}>
		<svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${pausedAt === null ? pauseSign : playSign}</svg>
		${pausedAt === null ? t('pause') : t('resume')}
	</button>`;

export const pausedNotice = (pausedAt) =>
	pausedAt === null ? nothing : html`<p class="notice note"><span>${t('notice.paused', { at: clockTime(pausedAt), span: shortSpan(now() - pausedAt) })}</span></p>`;
