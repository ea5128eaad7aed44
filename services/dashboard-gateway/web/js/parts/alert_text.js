/* An alert in words. */
import { count } from '../format.js';
import { t } from '../i18n.js';
import { orgName, orgShortName } from '../names.js';

export function alertText(alert, wall = false) {
	if (alert.kind === 'publisher_silent' && alert.org_id) return t('alert.one_silent', { org: wall ? orgShortName(alert.org_id) : orgName(alert.org_id) });
	const key = `alert.${alert.kind}`;
	const text = t(key, { n: count(alert.count) });
	const said = text === key ? `${alert.kind} (${count(alert.count)})` : text;
	if (!alert.org_id) return said;
	return t('alert.of', { org: orgName(alert.org_id), text: said });
}
