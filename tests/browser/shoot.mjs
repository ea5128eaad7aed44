/* Pictures for the README. usage: HUB_URL=... HUB_PASSWORD=... node shoot.mjs FOLDER */
import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { WALL, close, open } from './support/browser.mjs';

const MOST_BYTES = 150000;
const folder = process.argv[2];
const run = promisify(execFile);

/* Small enough for a repository: 1280 wide, a palette of 256 colours. */
async function shoot(name, user, address, ready, { prepare, ...options } = {}) {
	const { page, context } = await open(user, address, { language: 'zh', viewport: { width: 1280, height: 800 }, ...options });
	await page.locator(ready).first().waitFor();
	await prepare?.(page);
	await page.waitForTimeout(2500); // figures, fonts, the pointer's hold
	const file = path.join(folder, `${name}.png`);
	await page.screenshot({ path: file, scale: 'device' });
	await context.close();
	await run('pngquant', ['--force', '--skip-if-larger', '--strip', '--output', file, '--speed', '1', '192', file]).catch(({ code }) => {
		if (code !== 98) throw new Error(`pngquant: ${code}`); // 98: it was small already
	});
	const { size } = await stat(file);
	console.log(`${file}: ${size} bytes`);
	if (size > MOST_BYTES) throw new Error(`${file} is too large`);
}

await mkdir(folder, { recursive: true });
await shoot('live', 'control', '/live', '.tile-number');
await shoot('live-en', 'control', '/live', '.tile-number', { language: 'en' });
await shoot('referrals', 'lead', '/referrals?worklist=to_answer', 'table.referrals tbody tr', {
	async prepare(page) {
		await page.locator('a.row-link').first().click();
		await page.locator('section.actions button').first().waitFor();
	},
});
await shoot('health', 'control', '/health', '.health .panel');
/* A wall is 1920 wide: its picture is made smaller by the screen's scale. */
await shoot('wall', 'wall', '/live?wall=1', '.tile-number', { viewport: WALL, deviceScaleFactor: 2 / 3 });
await close();
