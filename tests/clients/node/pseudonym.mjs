// A patient's pseudonym, as schemas/IDENTITY.md defines it. As a program: node pseudonym.mjs KEYFILE < documents.jsonl

import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const KINDS = ['RESIDENT_ID', 'PASSPORT', 'HK_MACAO_PERMIT', 'TAIWAN_PERMIT', 'BIRTH_CERTIFICATE']
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

const checkDigit = (number) => '10X98765432'[WEIGHTS.reduce((sum, weight, i) => sum + weight * number[i], 0) % 11]

// The one spelling of a document's number; an Error for what cannot be one.
export function normalise(kind, number) {
  let spelt = number
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[ \u3000-]/g, '')
  if (!KINDS.includes(kind) || !/^[0-9A-Za-z]{5,32}$/.test(spelt)) {
    throw new Error('unknown kind, or not 5 to 32 letters and digits')
  }
  spelt = spelt.toUpperCase()
  if (kind === 'RESIDENT_ID') {
    if (/^[0-9]{15}$/.test(spelt)) {
      spelt = `${spelt.slice(0, 6)}19${spelt.slice(6)}`
      spelt += checkDigit(spelt)
    }
    if (!/^[0-9]{17}[0-9X]$/.test(spelt) || checkDigit(spelt) !== spelt[17]) {
      throw new Error('not a number with a right check digit')
    }
  }
  return spelt
}

export function pseudonym(key, generation, kind, number) {
  const digest = createHmac('sha256', key).update(`${kind}:${normalise(kind, number)}`).digest('base64url')
  return `${generation}.${digest}`
}

function main() {
  const { pseudonym_key: key, generation } = JSON.parse(readFileSync(process.argv[2]))
  for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const { id_kind: kind, id_number: number } = JSON.parse(line)
    try {
      console.log(pseudonym(Buffer.from(key, 'base64'), generation, kind, number))
    } catch {
      console.log('refused')
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main()
