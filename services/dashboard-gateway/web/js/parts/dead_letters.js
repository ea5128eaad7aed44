/* Inputs that no program could use: by reason, one by one without their content, and sent again when that can help. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { repeat } from '../../vendor/lit-html/directives/repeat.js';
import { get, post, query } from '../api.js';
import { count, ms, stamp } from '../format.js';
import { t, word } from '../i18n.js';
import { paint } from '../paint.js';
import { me } from '../session.js';
import { cancelButton, dialogFrame, openDialog } from './dialog.js';
import { problemNotice } from './notice.js';
import { mark } from './shape.js';

const PAGE = 50;

export class DeadLetters {
	items = null;
	next = null;
	problem = null;
	replayed = new Set();
	#total = null; /* null: being fetched */
	#followed = null;
	#asked = 0;

	/* How many there are by what the stream says. Another figure than was counted when this was fetched has it fetched again: once, since the
	 * two may differ until the stream's next word. Called at each drawing. */
	follow(total) {
		if (total === this.#followed || this.problem || this.#total === null || this.items.length > PAGE) return;
		this.#followed = total;
		if (total === this.#total) return;
		this.#total = null;
		this.load();
	}

	/* Of several at once the last one counts: a page that is asked for twice is added once. */
	async load(cursor = null) {
		const asked = ++this.#asked;
		try {
			const { body } = await get(`/dead-letters${query({ limit: PAGE, cursor })}`);
			if (asked !== this.#asked) return;
			this.items = cursor ? [...this.items, ...body.items] : body.items;
			this.next = body.next;
			this.#total = body.total;
			this.problem = null;
		} catch (problem) {
			if (asked !== this.#asked) return;
			this.problem = problem;
		}
		paint();
	}

	#replay(letter) {
		let sending = false;
		let problem = null;
		const send = async () => {
			if (sending) return;
			sending = true;
			problem = null;
			paint();
			try {
				await post(`/dead-letters/${encodeURIComponent(letter.id)}/replays`, {});
				this.replayed.add(letter.id);
				close();
			} catch (failed) {
				problem = failed;
			}
			sending = false;
			paint();
		};
		const close = openDialog(() => dialogFrame(
			t('replay.title'),
			html`<p>${t('replay.what', { topic: letter.topic, partition: letter.partition, offset: letter.offset })}</p>
				<p>${word('letter_remedy', letter.reason)}</p><p class="hint">${t('replay.hint')}</p>${problemNotice(problem)}`,
			html`${cancelButton()}<button class="primary" ?disabled=${sending}>${sending ? t('sending') : t('replay.send')}</button>`,
			send,
		));
	}

	#line(letter) {
		const done = this.replayed.has(letter.id);
		const may = me().may_control && !done;
		return html`<tr>
			<td class="nowrap">${stamp(ms(letter.at))}</td>
			<th scope="row"><code>${letter.reason}</code><small>${word('letter', letter.reason)}</small></th>
			<td class="detail-text">${letter.detail || t('none')}</td>
			<td><code>${letter.topic}</code><small>${t('letters.place', { partition: letter.partition, offset: letter.offset })}</small></td>
			<td class="number">${count(letter.size)}</td>
			<td>${done ? mark('tick', 'good', t('replay.done')) : nothing}${may ? html`<button type="button" class="quiet-button" aria-label=${t('replay.this', { id: letter.id })} @click=${() => this.#replay(letter)}>${t('replay.button')}</button>` : nothing}</td>
		</tr>`;
	}

	template() {
		if (this.problem) return problemNotice(this.problem, () => this.load());
		if (!this.items) return html`<p class="empty">${t('loading')}</p>`;
		if (!this.items.length) return html`<p class="empty">${t('letters.none')}</p>`;
		return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('letters.title')}><table class="rows">
			<thead><tr><th scope="col">${t('letters.at')}</th><th scope="col">${t('letters.reason')}</th><th scope="col">${t('letters.detail')}</th>
				<th scope="col">${t('letters.from')}</th><th scope="col" class="number">${t('letters.size')}</th><th scope="col"><span class="hidden">${t('actions')}</span></th></tr></thead>
			<tbody>${repeat(this.items, (letter) => letter.id, (letter) => this.#line(letter))}</tbody>
		</table></div>
		${this.next ? html`<button type="button" @click=${() => this.load(this.next)}>${t('letters.more')}</button>` : nothing}`;
	}
}
