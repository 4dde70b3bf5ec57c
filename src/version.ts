/**
 * Which version of this program is it?
 * @module
 */

/** This program's version. */
export const VERSION = "0.1.0";
