// Avro single-object encoding: C3 01, the fingerprint of the writer's schema, the body.

import { readdirSync, readFileSync } from 'node:fs'
import avsc from 'avsc'

const MARK = Buffer.from([0xc3, 0x01])

// CRC-64-AVRO, as Avro's specification has it.
const EMPTY = 0xc15d213aa4d7a795n
const TABLE = Array.from({ length: 256 }, (_, i) => {
  let crc = BigInt(i)
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (EMPTY & -(crc & 1n))
  return BigInt.asUintN(64, crc)
})

function fingerprint(type) {
  let crc = EMPTY
  for (const byte of Buffer.from(JSON.stringify(type.schema()))) {
    crc = (crc >> 8n) ^ TABLE[Number((crc ^ BigInt(byte)) & 0xffn)]
  }
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(crc)
  return bytes
}

// Every version in the folder can be read; `version` (newest or oldest) is what this program knows.
export class Schemas {
  #mine = new Map() // record: { type, mark }
  #readers = new Map() // fingerprint in hexadecimal: { name, type, resolver }

  constructor(folder, version = 'newest') {
    for (const name of readdirSync(folder)) {
      const numbers = readdirSync(new URL(`${name}/`, folder)).map((file) => parseInt(file)).sort((a, b) => a - b)
      const types = numbers.map((n) => avsc.Type.forSchema(JSON.parse(readFileSync(new URL(`${name}/${n}.avsc`, folder)))))
      const type = types.at(version === 'oldest' ? 0 : -1)
      this.#mine.set(name, { type, mark: fingerprint(type) })
      for (const written of types) {
        this.#readers.set(fingerprint(written).toString('hex'), { name, type, resolver: type.createResolver(written) })
      }
    }
  }

  encode(name, fields) {
    const { type, mark } = this.#mine.get(name)
    return Buffer.concat([MARK, mark, type.toBuffer(fields)])
  }

  // { name, fields } as this program knows them; an Error for a version that the folder lacks.
  decode(value) {
    if (!value.subarray(0, 2).equals(MARK)) throw new Error('not in single-object encoding')
    const reader = this.#readers.get(value.subarray(2, 10).toString('hex'))
    if (!reader) throw new Error(`no schema with fingerprint ${value.subarray(2, 10).toString('hex')}`)
    return { name: reader.name, fields: reader.type.fromBuffer(value.subarray(10), reader.resolver) }
  }
}
