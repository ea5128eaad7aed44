/* Validates the AsyncAPI file that is named, Avro payloads and all; prints what is wrong. */
import { readFile } from 'node:fs/promises';
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { Parser } from '@asyncapi/parser';

const parser = new Parser();
parser.registerSchemaParser(AvroSchemaParser());
const { document, diagnostics } = await parser.parse(await readFile(process.argv[2], 'utf8'));
const ERROR = 0;
const WARNING = 1;
for (const { severity, message, path } of diagnostics) {
	if (severity <= WARNING) console.log(`${severity === ERROR ? 'error' : 'warning'}: ${path.join('.')}: ${message}`);
}
if (!document || diagnostics.some(({ severity }) => severity === ERROR)) process.exit(1);
console.log(`${document.allChannels().length} channels, ${document.allMessages().length} messages`);
