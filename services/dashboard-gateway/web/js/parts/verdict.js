/* Can I believe the screen? One word, and every reason against it. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { clockOffset, now } from '../clock.js';
import { count, shortSpan } from '../format.js';
import { t } from '../i18n.js';
import { stream, streamState } from '../store.js';
import { shape } from './shape.js';

const SKEW_MS = 2000;

/* [{bad, text}]: bad ones make it "no", the others "with care". */
function doubts(health) {
	const found = [];
	const doubt = (when, bad, text) => when && found.push({ bad, text: text() });
	const state = streamState();
	doubt(state === 'stale' || state === 'lost', state === 'stale', () => t('doubt.stream', { span: shortSpan(now() - stream.heardAt) }));
	const publishers = (of) => (health.publishers || []).filter((one) => one.state === of).length;
	const daemons = (of) => (health.daemons || []).filter((one) => one.state === of).length;
	doubt(health.kafka?.state === 'away', true, () => t('doubt.kafka'));
	doubt(health.incomplete?.includes('joining'), true, () => t('doubt.joining'));
	doubt(health.redis?.state === 'away', true, () => t('doubt.redis'));
	doubt(daemons('behind'), true, () => t('doubt.behind', { n: daemons('behind') }));
	doubt(daemons('unknown'), false, () => t('doubt.unknown', { n: daemons('unknown') }));
	doubt(publishers('silent'), false, () => t('doubt.silent', { n: publishers('silent') }));
	doubt(publishers('late'), false, () => t('doubt.late', { n: publishers('late') }));
	doubt(health.dead_letters?.total, false, () => t('doubt.letters', { n: count(health.dead_letters.total) }));
	doubt(Math.abs(health.clock_skew_ms || 0) > SKEW_MS, false, () => t('doubt.skew', { span: shortSpan(Math.abs(health.clock_skew_ms)) }));
	doubt(Math.abs(clockOffset()) > SKEW_MS, false, () => t('doubt.own_clock', { span: shortSpan(Math.abs(clockOffset())) }));
	doubt(health.history_percent !== null && health.history_percent < 100, false, () => t('doubt.history', { n: health.history_percent }));
	return found;
}

const LOOK = { yes: ['tick', 'good'], care: ['triangle', 'warn'], no: ['square', 'bad'] };

export function verdict(health) {
	const found = doubts(health);
	const answer = found.some((one) => one.bad) ? 'no' : found.length ? 'care' : 'yes';
	const [name, tone] = LOOK[answer];
	return html`<section class="panel verdict ${tone}">
		<p class="verdict-word" aria-live="polite">${shape(name, tone)}<b>${t(`verdict.${answer}`)}</b></p>
		${found.length ? html`<ul>${found.map((one) => html`<li>${one.text}</li>`)}</ul>` : html`<p class="quiet">${t('verdict.why')}</p>`}
	</section>`;
}
