/* Somebody says that an alert is seen to, with a note for the others. */
import { html } from '../../vendor/lit-html/lit-html.js';
import { post } from '../api.js';
import { t } from '../i18n.js';
import { paint } from '../paint.js';
import { alerts } from '../store.js';
import { alertText } from './alert_text.js';
import { cancelButton, dialogFrame, openDialog } from './dialog.js';
import { problemNotice } from './notice.js';

const NOTE_MAX = 500;

export function acknowledge(alert) {
	let note = '';
	let sending = false;
	let problem = null;

	async function send() {
		if (sending || !note.trim()) return;
		sending = true;
		problem = null;
		paint();
		try {
			await post(`/alerts/${encodeURIComponent(alert.id)}/acknowledgements`, { note: note.trim() });
			close();
			alerts.load().then(paint);
		} catch (failed) {
			problem = failed;
		}
		sending = false;
		paint();
	}

	const close = openDialog(() => dialogFrame(
		t('acknowledge.title'),
		html`
			<p>${alertText(alert)}</p>
			<label for="note">${t('acknowledge.note')}</label>
			<textarea id="note" rows="3" maxlength=${NOTE_MAX} required autofocus @input=${(event) => (note = event.target.value)}></textarea>
			<p class="hint">${t('acknowledge.hint')}</p>
			${problemNotice(problem)}`,
		html`${cancelButton()}<button class="primary" ?disabled=${sending}>${sending ? t('sending') : t('acknowledge.send')}</button>`,
		send,
	));
}
