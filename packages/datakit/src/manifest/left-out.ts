/** Names that an image leaves out below a folder; who wants one of them names it in `files`. */
export const LEFT_OUT = /^(?:\..*|node_modules|__pycache__|.*\.pyc)$/;
