// What old libraries and careless scripts do to every page's foundations.
(() => {
  const own = { stringify: JSON.stringify, parse: JSON.parse, Promise: window.Promise };

  // Words on everything, which turn up in every loop over an object's names.
  for (const word of ["each", "extend", "inspect", "collect", "clone", "invoke", "pluck"]) {
    Object.prototype[word] = function () { throw new Error(`Object.prototype.${word} was used`); };
  }
  Array.prototype.each = Array.prototype.forEach;
  Array.prototype.toJSON = function () { return own.stringify(`${this.length} things`); };
  String.prototype.toJSON = function () { return `"${this}"`; };
  Array.prototype.find = Array.prototype.detect = function (test, context) {
    for (let at = 0; at < this.length; at += 1) if (test.call(context, this[at], at)) return this[at];
    return undefined;
  };

  JSON.stringify = (value) => own.stringify(value).toUpperCase();
  JSON.parse = () => { throw new SyntaxError("JSON.parse was used"); };
  window.fetch = () => Promise.reject(new TypeError("fetch was used"));
  window.WebSocket = class { constructor() { throw new Error("WebSocket was used"); } };
  window.Promise = class extends own.Promise {};
  Function.prototype.bind = function (context, ...given) {
    const act = this;
    return function (...more) { return act.apply(context, [...given, ...more]); };
  };
})();
