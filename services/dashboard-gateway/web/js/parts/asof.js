/* Of when a number is, and of which revision: beside everything that is counted. While the stream is live, what it does not
 * correct still holds; not when the gateway itself hears of no change. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { clockTime, ms, shortSpan } from '../format.js';
import { t } from '../i18n.js';
import { stream, streamState } from '../store.js';

const OLD_MS = 60000;

/* held: it is not corrected now: paused, or not to be had. */
export function asOf(body, held = false) {
	const made = ms(body?.as_of);
	if (made === null) return nothing;
	const at = streamState() === 'live' && !held ? Math.max(made, stream.heardAt) : made;
	const age = now() - at;
	const old = age > OLD_MS ? ` · ${t('age', { span: shortSpan(age) })}` : '';
	return html`<span class="as-of" title=${t('as_of.title', { revision: body.revision })}>${t('as_of', { at: clockTime(at) })}${old}</span>`;
}
