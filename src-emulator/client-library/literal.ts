/**
 * A class of the client library, as the literal that its methods take just as well: the classes are but the shapes of
 * what goes over the wire, and the library's documentation passes literals, too.
 */
export type Literal<T> = { [K in keyof T]: T[K] extends Date | undefined ? T[K] : Literal<T[K]> };
