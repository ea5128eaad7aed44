/* Of when a number is, and of which revision: beside everything that is counted. While the stream stands, what it does not
 * correct still holds. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { clockTime, ms, shortSpan } from '../format.js';
import { t } from '../i18n.js';
import { stream, streamState } from '../store.js';

const OLD_MS = 60000;

export function asOf(body) {
	const made = ms(body?.as_of);
	if (made === null) return nothing;
	const at = streamState() === 'live' ? Math.max(made, stream.heardAt) : made;
	const age = now() - at;
	const old = age > OLD_MS ? ` · ${t('age', { span: shortSpan(age) })}` : '';
	return html`<span class="as-of" title=${t('as_of.title', { revision: body.revision })}>${t('as_of', { at: clockTime(at) })}${old}</span>`;
}
