/**
 * The attribute of what people or programs wrote, which browsers must not translate: names, commands, descriptions. The
 * types of preact know the attribute as a boolean only, which it would write as an empty value.
 */
export const verbatim = { translate: 'no' } as unknown as { readonly translate?: boolean };
