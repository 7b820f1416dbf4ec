import { badRequest, unsupportedMediaType } from '../status.ts';
import { parseJson, type DuplicateFields, type Schemas } from '../schema/index.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF];

export interface ParsedBody {
  /** Undefined when there is no body. */
  value: unknown;
  duplicates?: DuplicateFields;
}

/** The media type of a Content-Type header, without parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Parses a body of JSON, YAML or Kubernetes' protobuf by its media type. @throws ApiError 400, 415. */
export async function parseBody(
  data: Buffer,
  contentType: string | undefined,
  schemas: Schemas,
): Promise<ParsedBody> {
  if (data.length === 0) return { value: undefined };
  const type = mediaType(contentType);
  switch (type) {
    case '':
    case 'application/json':
      return parseJsonBody(data.toString('utf8'));
    case 'application/yaml':
      return parseYamlBody(data.toString('utf8'));
    case PROTOBUF: {
      const { decodeProtobuf } = await import('../protobuf/decode.ts');
      return { value: decodeProtobuf(data, schemas) };
    }
    default:
      throw unsupportedMediaType(ACCEPTED);
  }
}

function parseJsonBody(text: string): ParsedBody {
  try {
    return parseJson(text);
  } catch (error) {
    throw badRequest(syntaxFault(text, (error as Error).message));
  }
}

/** Where Go's encoding/json would be looking, by what the JavaScript engine says that it expected. */
const EXPECTATIONS: [RegExp, string][] = [
  [/^Expected (property name|double-quoted)/, 'looking for beginning of object key string'],
  [/^Expected ':'/, 'after object key'],
  [/^Expected ',' or '}'/, 'after object key:value pair'],
  [/^Expected ',' or ']'/, 'after array element'],
  [/^Unexpected non-whitespace/, 'after top-level value'],
];

/** What is wrong with JSON text, in the words of Go's encoding/json. */
export function syntaxFault(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  const unexpected = /^Unexpected token '(.)'/.exec(message)?.[1];
  const character = unexpected ?? (position === undefined ? undefined : text[Number(position)]);
  if (character === undefined) return 'unexpected end of JSON input';
  const where =
    EXPECTATIONS.find(([pattern]) => pattern.test(message))?.[1] ?? 'looking for beginning of value';
  return `invalid character '${character}' ${where}`;
}

async function parseYamlBody(text: string): Promise<ParsedBody> {
  const { parse } = await import('yaml');
  try {
    return { value: parse(text) as unknown };
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${(error as Error).message}`);
  }
}
