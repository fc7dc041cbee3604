/** Characters that make a terminal do something, or let a line read otherwise than it is. */
const harmful = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * A text for people that holds words of somebody else, such as a peer's reason: in one line, and nothing in it harms a
 * terminal. In JSON it stands for the same.
 */
export const harmless = (text: string): string =>
  text.replace(harmful, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
