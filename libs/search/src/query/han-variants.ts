import { Converter } from 'opencc-js/t2cn';

// No chain of forms is longer; that none goes round is tested.
const maxSteps = 4;

/**
 * The form under which a Chinese character is found however it is written: Traditional 開 and Simplified 开, Japanese 発
 * and Traditional 發 and Simplified 发. Told of characters one by one, so that every part of a text is found in it. In
 * Simplified many characters are one (發 and 髮), so some words find a few others besides.
 */
export function foldHan(character: string): string {
  const known = plain.get(character);
  if (known !== undefined) return known;
  let [from, to] = [character, next(character)];
  for (let step = 1; to !== from && step < maxSteps; step++) [from, to] = [to, next(to)];
  plain.set(character, to);
  return to;
}

// At most as many as there are characters.
const plain = new Map<string, string>();

type Conversion = (text: string) => string;
// The package's own types are not found by a compiler that resolves modules as Node does.
const conversion: (forms: { from: string; to: string }) => Conversion = Converter;
let conversions: { readonly traditional: Conversion; readonly japanese: Conversion } | undefined;

function next(character: string): string {
  // Made when the first character comes: the tables take 60 ms and 3 MB, and a command may need none.
  conversions ??= {
    traditional: conversion({ from: 't', to: 'cn' }),
    japanese: conversion({ from: 'jp', to: 'cn' }),
  };
  const simplified = conversions.traditional(character);
  return simplified === character ? conversions.japanese(character) : simplified;
}
