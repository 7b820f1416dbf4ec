import { ISSUER, TokenError, type ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import { badRequest } from '../status.ts';

/** What a TokenReview asks, after decoding. */
export interface TokenReview {
  spec?: { token?: string; audiences?: string[] };
}

/** The status of a TokenReview: whose token this is, and for whom it is. @throws ApiError 400. */
export function answerTokenReview(tokens: ServiceAccountTokens, { spec = {} }: TokenReview): object {
  const { token = '', audiences = [] } = spec;
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  try {
    const found = tokens.authenticate(token, audiences.length === 0 ? [ISSUER] : audiences);
    return { authenticated: true, ...found };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const why = 'invalid bearer token';
    return { user: {}, error: error.message === '' ? why : `[${why}, ${error.message}]` };
  }
}
