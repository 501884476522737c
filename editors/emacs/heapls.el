;;; heapls.el --- What Go code costs the heap, through eglot  -*- lexical-binding: t -*-

;; Package-Requires: ((emacs "29.1"))
;; Tried in Emacs 30.1 by tests/editors/emacs.

;;; Commentary:

;; (require 'heapls)
;; (add-hook 'go-mode-hook #'eglot-ensure)        ; and go-ts-mode-hook
;;
;; Eglot runs one server in a buffer, so this is instead of gopls; `heapls-use' switches a project between both.
;; The commands: `heapls-toggle', `heapls-explain', `heapls-path', `heapls-preset', `heapls-verify', `heapls-use'.

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'xref)

(defgroup heapls nil "What Go code costs the heap." :group 'tools :prefix "heapls-")

(defcustom heapls-command '("heapls" "serve")
  "The program and its arguments."
  :type '(repeat string))

(defcustom heapls-settings nil
  "The settings of the server, a property list: (:preset \"quiet\" :showIn (:tests :json-false))."
  :type 'plist)

(defconst heapls--modes '(go-mode go-ts-mode))

(defun heapls--contact (&rest _)
  "How eglot starts the server."
  (append heapls-command (list :initializationOptions (or heapls-settings (make-hash-table)))))

(defun heapls--configuration (_server)
  "The answer to workspace/configuration."
  (list :heapls (or heapls-settings (make-hash-table))))

(defun heapls--prefer (contact)
  "Let CONTACT be what eglot starts for Go."
  (setq eglot-server-programs (cl-remove heapls--modes eglot-server-programs :key #'car :test #'equal))
  (push (cons heapls--modes contact) eglot-server-programs))

(heapls--prefer #'heapls--contact)
(setq-default eglot-workspace-configuration #'heapls--configuration)

(defun heapls--server ()
  "The server of this buffer; an error when it is not heapls."
  (let ((server (eglot-current-server)))
    (unless (and server (equal "heapls" (plist-get (eglot--server-info server) :name)))
      (user-error "heapls is not running in this buffer (M-x eglot)"))
    server))

;;;###autoload
(defun heapls-toggle ()
  "Show or hide the hints in this buffer."
  (interactive)
  (eglot-inlay-hints-mode 'toggle)
  (when eglot-inlay-hints-mode ; asked for again, without waiting for the buffer to scroll
    (eglot--update-hints-1 (point-min) (point-max)))
  (message "heapls: hints %s" (if eglot-inlay-hints-mode "shown" "hidden")))

;;;###autoload
(defun heapls-preset (name)
  "Change how much is shown: quiet, default or all."
  (interactive (list (completing-read "Preset: " '("quiet" "default" "all") nil t)))
  (setq heapls-settings (plist-put (copy-sequence heapls-settings) :preset name))
  (eglot-signal-didChangeConfiguration (heapls--server)))

;;;###autoload
(defun heapls-use (program)
  "Let PROGRAM, heapls or gopls, serve the Go files of this project."
  (interactive (list (completing-read "Server: " '("heapls" "gopls") nil t)))
  (heapls--prefer (if (equal program "gopls") '("gopls") #'heapls--contact))
  (when (eglot-current-server) (eglot-shutdown (eglot-current-server)))
  (call-interactively #'eglot))

;; Eglot asks for hints again only from an edit on; what an edit changes above it shows with the diagnostics.
(cl-defmethod eglot-handle-notification :after
  (server (_method (eql textDocument/publishDiagnostics)) &key uri &allow-other-keys)
  (when (equal "heapls" (plist-get (eglot--server-info server) :name))
    (when-let ((buffer (find-buffer-visiting (eglot-uri-to-path uri))))
      (with-current-buffer buffer
        (when eglot-inlay-hints-mode
          (eglot--update-hints-1 (point-min) (point-max)))))))

(defun heapls--diagnostic ()
  "The diagnostic of heapls at point, else the first on its line; an error when there is none."
  (or (cl-find-if (lambda (each) (eq (flymake-diagnostic-backend each) 'eglot-flymake-backend))
                  (append (flymake-diagnostics (point))
                          (flymake-diagnostics (line-beginning-position) (line-end-position))))
      (user-error "Nothing on this line leaves for the heap")))

;;;###autoload
(defun heapls-explain ()
  "Say in a window what the allocation at point, or the first on its line, costs and why."
  (interactive)
  (heapls--server)
  (let* ((on-word (thing-at-point 'symbol))
         (place (if on-word (point) (flymake-diagnostic-beg (heapls--diagnostic))))
         (answer (save-excursion
                   (goto-char place)
                   (jsonrpc-request (heapls--server) :textDocument/hover (eglot--TextDocumentPositionParams))))
         (contents (plist-get answer :contents)))
    (if (not contents)
        (message "heapls: nothing to say here")
      (with-help-window "*heapls*"
        (princ (eglot--format-markup contents))))))

;;;###autoload
(defun heapls-path ()
  "Show the steps of the value's way to the heap, each a place to go to."
  (interactive)
  (heapls--server)
  (let* ((diagnostic (heapls--diagnostic))
         (lsp (alist-get 'eglot-lsp-diag (flymake-diagnostic-data diagnostic)))
         (steps (append (plist-get lsp :relatedInformation) nil)))
    (unless steps (user-error "The way of this value is not known"))
    (xref-show-xrefs
     (lambda ()
       (mapcar (lambda (step)
                 (let* ((location (plist-get step :location))
                        (start (plist-get (plist-get location :range) :start)))
                   (xref-make (plist-get step :message)
                              (xref-make-file-location (eglot-uri-to-path (plist-get location :uri))
                                                       (1+ (plist-get start :line))
                                                       (plist-get start :character)))))
               steps))
     nil)))

;;;###autoload
(defun heapls-verify ()
  "Ask the compiler whether it says the same of the package of this buffer."
  (interactive)
  (message "heapls: asking the compiler …")
  (jsonrpc-async-request
   (heapls--server) :workspace/executeCommand
   (list :command "heapls.verify" :arguments (vector (plist-get (eglot--TextDocumentIdentifier) :uri)))
   :timeout 600
   :success-fn (lambda (result) (message "heapls: %s" (plist-get result :message)))
   :error-fn (lambda (err) (message "heapls: %s" (plist-get err :message)))))

(provide 'heapls)
;;; heapls.el ends here
