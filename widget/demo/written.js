// As a tag manager of old does it.
document.write(`<script async src="/widget.js/${document.body.dataset.site}"><` + "/script>");
