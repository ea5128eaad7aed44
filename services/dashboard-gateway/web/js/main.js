/* Begins the page and joins its parts: address -> view, data -> drawing. */
import { html, nothing, render } from '../vendor/lit-html/lit-html.js';
import { whenSignedOut } from './api.js';
import { loadWords, t } from './i18n.js';
import { onKeys, startKeys } from './keys.js';
import { paint, paintLater, paintWith } from './paint.js';
import { go, route, startRouter, whenMoved } from './router.js';
import { forget, homePath, loadMe, me, signOut } from './session.js';
import { startStream, stopStream, stream, streaming, whenReset } from './store.js';
import { startTheme } from './theme.js';
import { cancelButton, closeDialog, dialogFrame, dialogIsOpen, drawDialog, openDialog, startDialog } from './parts/dialog.js';
import { openHelp } from './parts/help.js';
import { problemNotice } from './parts/notice.js';
import { shell } from './parts/shell.js';
import * as health from './views/health.js';
import * as live from './views/live.js';
import * as login from './views/login.js';
import * as referrals from './views/referrals.js';

const VIEWS = { '/live': live, '/referrals': referrals, '/health': health };
const TICK_MS = 1000;
const RELOAD_IDLE_MS = 60000;
const RENEW_MS = 20 * 60000;
const AGAIN_MS = 5000;
const EMPTY_AFTER_MS = 200;

let view = null;
let fault = null; /* nothing can be shown, and why */
let lastInput = performance.now();
let streamOfWall = false;

const wall = () => Boolean(view?.isWall?.());

function draw() {
	const shown = fault ? problemNotice(fault, () => boot()) : view?.render() ?? nothing;
	const body = view === login ? html`<main id="main" tabindex="-1">${shown}</main>` : me() ? shell({ path: route().path, wall: wall(), view: shown, signOut: leaveAll }) : shown;
	render(body, document.getElementById('page'));
	drawDialog();
	document.title = `${view?.title?.() ?? ''} · ${me()?.county_name || t('hub')}`;
}

/* An empty view is drawn only for those who wait: on a slow machine it costs as much as the full one right after it. */
async function filled(entering) {
	const empty = setTimeout(paint, EMPTY_AFTER_MS);
	try {
		await entering;
	} finally {
		clearTimeout(empty);
	}
}

/* The same view with another query is entered again, not left. */
async function show() {
	const { path, params } = route();
	if (!me()) return toLogin();
	if (!VIEWS[path] || (path === '/health' && !me().sees_operations)) return go(homePath(), { replace: true });
	const next = VIEWS[path];
	if (view !== next) view?.leave();
	view = next;
	await filled(view.enter(params));
	if (me() && streaming() && streamOfWall !== wall()) location.reload();
	paint();
	return undefined;
}

function toLogin() {
	stopStream();
	forget();
	closeDialog();
	if (view !== login) view?.leave?.();
	view = login;
	paint();
}

/* Who could not be signed out is told so: behind a page that asks for the password the session would go on. 401: it has ended some other way. */
async function leaveAll() {
	try {
		await signOut();
	} catch (problem) {
		if (problem.status !== 401) return openDialog(() => dialogFrame(t('sign_out'), problemNotice(problem), cancelButton(t('close'))));
	}
	return toLogin();
}

/* A wall hears only what it shows. */
function topics() {
	if (wall()) return view.topics;
	return ['referrals', 'overview', 'alerts', 'answers', ...(me().sees_operations ? ['health'] : [])];
}

async function begin(asked = loadMe()) {
	await asked;
	fault = null;
	if (view === login) view.leave();
	if (view === login) view = null;
	if (!VIEWS[route().path]) history.replaceState(null, '', homePath());
	await show();
	if (!me()) return;
	streamOfWall = wall();
	startStream(topics());
}

async function boot(asked) {
	fault = null;
	try {
		await begin(asked);
	} catch (problem) {
		if (problem.status === 401) return toLogin();
		fault = problem;
		paint();
		setTimeout(() => fault === problem && boot(), AGAIN_MS * (1 + Math.random()));
	}
	return undefined;
}

/* The server is of another build: load it, when nobody loses anything by it. */
function reloadWhenIdle() {
	if (!stream.newBuild || dialogIsOpen() || !(view?.isIdle?.() ?? true)) return;
	const idle = wall() || document.visibilityState === 'hidden' || performance.now() - lastInput > RELOAD_IDLE_MS;
	if (idle && Math.random() < 0.1) location.reload();
}

function tick() {
	reloadWhenIdle();
	paintLater();
}

function noteInput() {
	lastInput = performance.now();
}

/* A stream alone does not renew the session. */
function renew() {
	if (me()) loadMe().catch(() => {});
}

function begun(asked) {
	whenSignedOut(() => view !== login && toLogin());
	boot(asked);
}

/* Without words there is no page, not even to say so. Who looks is asked meanwhile. */
function words() {
	const asked = loadMe();
	asked.catch(() => {}); /* told by boot */
	loadWords().then(() => begun(asked), () => setTimeout(words, AGAIN_MS * (1 + Math.random())));
}

function start() {
	startTheme();
	paintWith(draw);
	startRouter();
	startKeys();
	startDialog();
	whenMoved(() => show().catch(() => location.reload()));
	whenReset(() => view?.refetch?.());
	login.whenSignedIn(() => begin());
	onKeys('page', (key) => key === '?' && !wall() && me() && (openHelp(), true));
	for (const type of ['keydown', 'pointerdown', 'wheel']) addEventListener(type, noteInput, { passive: true });
	setInterval(tick, TICK_MS);
	setInterval(renew, RENEW_MS);
	words();
}

start();
