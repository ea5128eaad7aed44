/* What may be done now, by allowed-events: a button each; one that has fields opens its form first. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { t, word } from '../i18n.js';
import { paint } from '../paint.js';
import { Sending } from '../send.js';
import { answer } from './answer.js';
import { fieldInputs, fieldsOf } from './event_form.js';

/* The usual next step first; what ends or refuses it last. */
const ORDER = ['ReferralAccepted', 'ReferralClaimed', 'OutOfCountyAuthorised', 'Supplemented', 'PatientArrived', 'ReturnConfirmed',
	'ReferralCompleted', 'SupplementRequested', 'PatientNoShow', 'ReferralRejected', 'ReferralCancelled'];
const ENDS = new Set(['ReferralRejected', 'ReferralCancelled', 'PatientNoShow']);

const rank = ({ record }) => (ORDER.indexOf(record) + 1 || ORDER.length + 1);

export class Actions {
	#draft = {};

	constructor() {
		this.chosen = null; /* record whose form is open */
		this.sending = null;
	}

	/* Something is written that is not sent. */
	get unsent() {
		return this.chosen !== null && Object.values(this.#draft).some((value) => value);
	}

	get underWay() {
		return this.sending !== null && (this.sending.step === 'sending' || this.sending.step === 'waiting');
	}

	#send(detail, event) {
		this.sending = new Sending(detail.id, event.record, fieldsOf(event.fields || [], this.#draft), detail.row?.etag);
		this.cancel();
	}

	/* The form goes, and the focus with it: to the panel's head. */
	cancel() {
		this.chosen = null;
		this.#draft = {};
		document.getElementById('detail-title')?.focus({ preventScroll: true });
		paint();
	}

	#choose(event) {
		this.#draft = {};
		this.chosen = event.record;
		paint();
		/* once the form is drawn */
		requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector('.event-form select, .event-form textarea, .event-form input, .event-form .primary')?.focus()));
	}

	#form(detail, event) {
		const submit = (submitted) => {
			submitted.preventDefault();
			if (!this.underWay) this.#send(detail, event);
		};
		const fields = event.fields || [];
		return html`<form class="event-form" @submit=${submit}>
			<h3>${word('event', event.record)}</h3>
			${fields.length ? fieldInputs(fields, this.#draft) : html`<p>${t(ENDS.has(event.record) ? 'confirm.ends' : 'confirm.plain')}</p>`}
			<div class="buttons"><button type="button" @click=${() => this.cancel()}>${t('cancel')}</button><button class=${ENDS.has(event.record) ? 'danger' : 'primary'}>${t('send')}</button></div>
		</form>`;
	}

	template(detail) {
		const allowed = [...(detail.allowed || [])].sort((a, b) => rank(a) - rank(b));
		const chosen = allowed.find((event) => event.record === this.chosen);
		const button = (event, i) => html`<button type="button" class=${i === 0 && !ENDS.has(event.record) ? 'primary' : ''} ?disabled=${this.underWay}
			@click=${() => this.#choose(event)}>${word('event', event.record)}</button>`;
		return html`<section class="actions" aria-label=${t('actions')}>
			${chosen ? this.#form(detail, chosen) : allowed.length ? html`<div class="buttons">${allowed.map(button)}</div>` : nothing}
			${this.sending ? answer(this.sending) : nothing}
		</section>`;
	}
}
