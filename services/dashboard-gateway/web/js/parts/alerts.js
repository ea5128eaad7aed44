/* At most seven grouped alerts, oldest first: what it is, since when, who sees to it. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { repeat } from '../../vendor/lit-html/directives/repeat.js';
import { now } from '../clock.js';
import { briefSpan, ms, shortStamp, span } from '../format.js';
import { t } from '../i18n.js';
import { me } from '../session.js';
import { acknowledge } from './acknowledge.js';
import { alertText } from './alert_text.js';
import { shape } from './shape.js';
import { severityMark } from './states.js';

const MOST = 7;

function acknowledged(alert, wall) {
	const { by, at, note } = alert.acknowledged;
	return html`<p class="acknowledged">${shape('tick', 'good')}<span>${wall ? t('alert.taken', { by }) : t('alert.acknowledged', { by, at: shortStamp(ms(at), now()) })}${note ? html` <q>${note}</q>` : nothing}</span></p>`;
}

function alertItem(alert, wall) {
	const text = alertText(alert, wall);
	const since = ms(alert.oldest_at);
	const age = since === null ? nothing : html`<span class="quiet">${wall ? t('alert.age', { span: briefSpan(now() - since) }) : t('alert.since', { at: shortStamp(since, now()), span: span(now() - since) })}</span>`;
	const may = me().may_control && !alert.acknowledged && !wall;
	return html`<li class="alert ${alert.severity} ${alert.acknowledged ? 'seen' : ''}">
		<div class="alert-line">
			${severityMark(alert.severity)}
			${alert.query && !wall ? html`<a class="alert-text" href="/referrals?${alert.query.replace(/^\?/, '')}">${text}</a>` : html`<span class="alert-text">${text}</span>`}
		</div>
		<div class="alert-more">
			${age}
			${may ? html`<button type="button" class="quiet-button" aria-label=${t('alert.acknowledge_this', { text })} @click=${() => acknowledge(alert)}>${t('acknowledge.button')}</button>` : nothing}
		</div>
		${alert.acknowledged ? acknowledged(alert, wall) : nothing}
	</li>`;
}

export function alertList(value, wall) {
	const items = (value?.items || []).slice(0, MOST);
	if (value && !items.length) return html`<p class="empty">${shape('tick', 'good')} ${t('alerts.none')}</p>`;
	return html`<ol class="alerts">${repeat(items, (alert) => alert.id, (alert) => alertItem(alert, wall))}</ol>`;
}
